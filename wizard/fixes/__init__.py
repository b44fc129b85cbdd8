"""The only writers: fixes planned as data, applied, verified, taken back; and the journal.

A face or a command needs only the desk (`wizard.fixes.desk.FixDesk`). A new fix is a planner under
`wizard.fixes.planners`, its words under `knowledge/fixes/`, and, where it uses a call that no fix
used before, an entry in `wizard.fixes.operations`.
"""
