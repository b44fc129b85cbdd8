"""What is said when plans are shown, applied, verified, taken back and exported."""

APPLYING: dict[str, dict[str, str]] = {
    # Applying
    "moved": {
        "en": "The world has moved since the plan was made: {what} is not as shown any more."
        " Nothing was written. Make the plan again.",
        "ja": "計画の作成後に状態が変わりました: {what} は表示された内容と異なります。"
        "何も書き込んでいません。計画を作り直してください。",
    },
    "check-unread": {
        "en": "{what} could not be read again before writing ({why}). Nothing was written.",
        "ja": "書き込む前に {what} を再確認できませんでした（{why}）。何も書き込んでいません。",
    },
    "failed": {
        "en": "Step {step} failed: {operation}: {error}",
        "ja": "ステップ {step} が失敗しました: {operation}: {error}",
    },
    "failed-first": {
        "en": "Nothing was changed.",
        "ja": "何も変更していません。",
    },
    "failed-later": {
        "en": "{count} steps before it went through and are in the journal. Take them back with:"
        " fargate-wizard undo {entry}",
        "ja": "それより前の {count} 件のステップは適用済みで、記録されています。取り消すには:"
        " fargate-wizard undo {entry}",
    },
    "failed-undo": {
        "en": "{count} steps before it went through and are in the journal. Go on with:"
        " fargate-wizard undo {undoes}",
        "ja": "それより前の {count} 件のステップは適用済みで、記録されています。続けるには:"
        " fargate-wizard undo {undoes}",
    },
    "failed-denied": {
        "en": "You may not do this. Hand the plan over with --export cli to somebody who may.",
        "ja": "この操作の権限がありません。--export cli で計画を書き出し、"
        "権限のある人に渡してください。",
    },
    "wait-over": {
        "en": "The change is made, but {what} is still {state} after {seconds} seconds.",
        "ja": "変更は完了しましたが、{what} は {seconds} 秒後もまだ {state} です。",
    },
    "waiting": {"en": "Waiting for {what}: {state}", "ja": "{what} を待っています: {state}"},
    "checking": {
        "en": "Making sure that nothing has changed since the plan was made",
        "ja": "計画の作成後に変更がないことを確認しています",
    },
    "other-place": {
        "en": "The plan is for account {account}, but these credentials are of account {here}."
        " Nothing was written.",
        "ja": "計画はアカウント {account} 用ですが、この認証情報はアカウント {here} のものです。"
        "何も書き込んでいません。",
    },
    # Undo
    "undo-title": {"en": "Take back {entry}: {title}", "ja": "{entry} の取り消し: {title}"},
    "undo-deploys": {
        "en": "A new deployment replaces the running tasks one after the other.",
        "ja": "新しいデプロイにより、実行中のタスクが順に置き換えられます。",
    },
    "undo-deletes-logs": {
        "en": "All logs that were written to it since are deleted with it.",
        "ja": "その後に書き込まれたログもすべて削除されます。",
    },
    "undo-closes": {
        "en": "Tasks that got through by it do not any more.",
        "ja": "これによって通信できていたタスクは通信できなくなります。",
    },
    "undo-kept": {
        "en": "Taken back; kept in the journal as {entry}.",
        "ja": "取り消しました。{entry} として記録しました。",
    },
    "undo-moved": {
        "en": "{operation} cannot be taken back: what it changed has been changed again since.",
        "ja": "{operation} は取り消せません。適用後に別の変更が加えられています。",
    },
    "undo-nothing": {
        "en": "Nothing in {entry} can be taken back.",
        "ja": "{entry} には取り消せるものがありません。",
    },
    "undo-of-undo": {
        "en": "{entry} took {undoes} back and is not taken back itself; run the fix again instead.",
        "ja": "{entry} は {undoes} を取り消した記録で、それ自体は取り消せません。"
        "代わりに修正をもう一度実行してください。",
    },
    "undo-cut-short": {
        "en": "{entry} was taking {undoes} back and did not get through. Go on with:"
        " fargate-wizard undo {undoes}",
        "ja": "{entry} は {undoes} の取り消しの記録で、途中で終わっています。続けるには:"
        " fargate-wizard undo {undoes}",
    },
    "undo-done": {
        "en": "{entry} has been taken back already, by {by}.",
        "ja": "{entry} はすでに {by} で取り消されています。",
    },
    "undo-running": {
        "en": "{entry} is being applied by another wizard right now.",
        "ja": "{entry} は別のウィザードが適用中です。",
    },
    # Verifying
    "verifying": {
        "en": "Looking again whether the cause is gone",
        "ja": "原因が解消したかを再確認しています",
    },
    "rolling": {
        "en": "The deployment is rolling out: {running} of {desired} tasks run",
        "ja": "デプロイ中です: {desired} 件中 {running} 件のタスクが実行中",
    },
    # Exports
    "no-form": {
        "en": "{operation} has no form in {format}; do it with: {command}",
        "ja": "{operation} は {format} では表現できません。次のコマンドで実行してください:"
        " {command}",
    },
    # Showing
    "nothing-left": {
        "en": "Nothing is left to mend.",
        "ja": "修正が必要なものは残っていません。",
    },
    "permissions": {"en": "Permissions needed", "ja": "必要な権限"},
    "cost": {"en": "Cost", "ja": "料金"},
    "undo": {"en": "Taken back by", "ja": "取り消し"},
    "no-undo": {"en": "cannot be taken back", "ja": "取り消せません"},
    "no-history": {
        "en": "Nothing has been applied yet.",
        "ja": "まだ何も適用されていません。",
    },
    "apply?": {
        "en": "Apply exactly this? [y/N]",
        "ja": "この内容で適用しますか？ [y/N]",
    },
    "unfinished": {
        "en": "An earlier run was cut short in the middle of {fix} ({entry}). Finish it with"
        " fargate-wizard fix --finish {entry}, or take it back with fargate-wizard undo {entry}",
        "ja": "以前の実行が {fix}（{entry}）の途中で中断しています。続けるには"
        " fargate-wizard fix --finish {entry}、取り消すには fargate-wizard undo {entry}"
        " を実行してください",
    },
    "unfinished-undo": {
        "en": "An earlier run was cut short while it took {undoes} back ({entry}). Finish it with"
        " fargate-wizard fix --finish {entry}",
        "ja": "以前の実行が {undoes} の取り消し（{entry}）の途中で中断しています。続けるには"
        " fargate-wizard fix --finish {entry} を実行してください",
    },
    # The journal
    "state-running": {"en": "running", "ja": "適用中"},
    "state-unfinished": {"en": "unfinished", "ja": "中断"},
    "state-applied": {"en": "applied", "ja": "適用済み"},
    "state-failed": {"en": "failed", "ja": "失敗"},
    "state-undone": {"en": "undone", "ja": "取り消し済み"},
    "was-passed": {"en": "passed", "ja": "解消を確認"},
    "was-failed": {"en": "failed", "ja": "原因が残っている"},
    "was-pending": {"en": "pending", "ja": "反映中"},
    "was-skipped": {"en": "skipped", "ja": "未確認"},
    "undo-entry": {"en": "takes {undoes} back", "ja": "{undoes} の取り消し"},
    "kept-as": {
        "en": "Kept in the journal as {entry}; take it back with: fargate-wizard undo {entry}",
        "ja": "{entry} として記録しました。取り消すには: fargate-wizard undo {entry}",
    },
    "verified-passed": {
        "en": "Applied. Looked again: the cause is gone.",
        "ja": "適用しました。再確認したところ、原因は解消しています。",
    },
    "verified-failed": {
        "en": "Applied, but the cause is still there.",
        "ja": "適用しましたが、原因がまだ残っています。",
    },
    "verified-pending": {
        "en": "Applied. The deployment is still rolling out; diagnose again in a while.",
        "ja": "適用しました。デプロイがまだ進行中です。しばらくしてから再度診断してください。",
    },
    "verified-skipped": {"en": "Applied.", "ja": "適用しました。"},
}
