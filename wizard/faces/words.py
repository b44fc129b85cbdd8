"""The words of the program itself, in both languages. What it knows of AWS is in `knowledge/`."""

from wizard.core.words import fill
from wizard.faces.words_frame import FRAME

WORDS: dict[str, dict[str, str]] = {
    "paste-then-end": {
        "en": "Paste the error, then press Ctrl-D on a line of its own.",
        "ja": "エラーを貼り付け、行頭で Ctrl-D を押してください。",
    },
    "not-recognised": {
        "en": "None of the errors I know.",
        "ja": "知っているエラーではありません。",
    },
    "read-anyway": {
        "en": "What could still be read from it:",
        "ja": "読み取れたこと:",
    },
    "nothing-read": {
        "en": "Nothing could be read from it either.",
        "ja": "読み取れる情報もありませんでした。",
    },
    "unknown-next": {
        "en": "Next: `fargate-wizard` asks you what you were doing; "
        "`fargate-wizard diagnose --cluster NAME` reads the account. "
        "To teach me this error, see knowledge/README.md and use --knowledge DIR.",
        "ja": "次の手: `fargate-wizard` は状況を質問しながら進みます。"
        "`fargate-wizard diagnose --cluster 名前` はアカウントを読み取ります。"
        "このエラーを追加するには knowledge/README.md を参照し、--knowledge DIR を使ってください。",
    },
    "also-shown": {"en": "The text also shows:", "ja": "ほかに見つかったもの:"},
    "possible-causes": {"en": "Possible causes", "ja": "考えられる原因"},
    "by-hand": {"en": "To make sure by hand", "ja": "手で確かめるには"},
    "mend-by-hand": {"en": "By hand", "ja": "手動での対処"},
    "read-from-text": {"en": "Read from the text", "ja": "テキストから読み取った値"},
    "references": {"en": "References", "ja": "参考"},
    "harmless": {"en": "(harmless)", "ja": "（無害）"},
    "next-diagnose": {
        "en": "Next: `fargate-wizard` walks you through it, or "
        "`fargate-wizard diagnose --cluster {cluster}` reads the account.",
        "ja": "次の手: `fargate-wizard` で順に進めるか、"
        "`fargate-wizard diagnose --cluster {cluster}` でアカウントを読み取ります。",
    },
    # -- goals ---------------------------------------------------------------------------------
    "goal-push": {"en": "Push an image to ECR", "ja": "ECR にイメージをプッシュする"},
    "goal-start": {
        "en": "Start a task or service on Fargate",
        "ja": "Fargate でタスクやサービスを起動する",
    },
    "goal-exec": {
        "en": "Open a shell in a task (ECS Exec)",
        "ja": "タスクの中に入る（ECS Exec）",
    },
    "goal-all": {"en": "Everything", "ja": "すべて"},
    # -- home ----------------------------------------------------------------------------------
    "home-title": {"en": "What went wrong?", "ja": "何が起きましたか？"},
    "home-text": {
        "en": "Paste the error, or choose what you want to do. "
        "Nothing is changed without your yes.",
        "ja": "エラーを貼り付けるか、やりたいことを選んでください。"
        "確認なしに何かを変更することはありません。",
    },
    "paste-here": {
        "en": "Paste the error here",
        "ja": "ここにエラーを貼り付け",
    },
    "go-on": {"en": "Go on where you were", "ja": "前回の続きから"},
    "look-live": {
        "en": "Look for failures in the account",
        "ja": "アカウント内の失敗を探す",
    },
    "try-command": {"en": "Run: {command}", "ja": "実行: {command}"},
    "ran": {"en": "The command went through", "ja": "コマンドは成功しました"},
    "work-listen": {"en": "Running the command …", "ja": "コマンドを実行しています…"},
    "practice-starting": {
        "en": "Starting the embedded AWS …",
        "ja": "組み込みの AWS を起動しています…",
    },
    "demo-passed": {
        "en": "captured, diagnosed, fixed and verified",
        "ja": "取得・診断・修正・確認まで完了",
    },
    "demo-end": {
        "en": "All {count} errors of the story were captured, diagnosed, fixed and verified.",
        "ja": "{count} 件のエラーすべてを取得・診断・修正・確認しました。",
    },
    "quit": {"en": "Quit", "ja": "終了"},
    "home": {"en": "Back to the start", "ja": "最初に戻る"},
    "unfinished": {
        "en": "The wizard was stopped in the middle of a change: {fix} ({entry}).",
        "ja": "変更の途中でウィザードが終了していました: {fix}（{entry}）",
    },
    "finish-it": {"en": "Finish it", "ja": "続きを適用する"},
    "take-it-back": {"en": "Take it back", "ja": "元に戻す"},
    "live-title": {"en": "Failing now", "ja": "現在の失敗"},
    "live": {"en": "Which one shall we look at?", "ja": "どれを調べますか？"},
    "live-none": {
        "en": "No stopped task, event or deployment tells of a failure right now.",
        "ja": "停止タスク、イベント、デプロイのいずれにも失敗は見つかりませんでした。",
    },
    # -- an unknown text -----------------------------------------------------------------------
    "unknown-title": {"en": "I do not know this error", "ja": "知らないエラーです"},
    "unknown-add": {
        "en": "knowledge/README.md tells how to teach it to me.",
        "ja": "追加方法は knowledge/README.md にあります。",
    },
    "what-goal": {"en": "What were you doing?", "ja": "何をしていましたか？"},
    "none-of-these": {
        "en": "None of these: read the account",
        "ja": "どれでもない（アカウントを読み取る）",
    },
    # -- a symptom -----------------------------------------------------------------------------
    "read-account": {
        "en": "Read the account and find the cause",
        "ja": "アカウントを読み取って原因を探す",
    },
    "ask-me": {
        "en": "Ask me questions instead",
        "ja": "質問に答えながら原因を絞る",
    },
    "other-error": {
        "en": "Also in the text: {title}",
        "ja": "ほかのエラー: {title}",
    },
    # -- the target ----------------------------------------------------------------------------
    "target-title": {"en": "Where?", "ja": "対象"},
    "which-cluster": {"en": "Which cluster?", "ja": "どのクラスターですか？"},
    "which-service": {"en": "Which service?", "ja": "どのサービスですか？"},
    "which-task": {"en": "Which task?", "ja": "どのタスクですか？"},
    "type-cluster": {"en": "or type its name", "ja": "または名前を入力"},
    "type-service": {"en": "or type its name", "ja": "または名前を入力"},
    "type-task": {"en": "or type its id", "ja": "または ID を入力"},
    "skip-service": {"en": "It is a task without a service", "ja": "サービスではないタスク"},
    "skip-task": {"en": "I do not know", "ja": "わからない"},
    "skip-cluster": {"en": "I do not know", "ja": "わからない"},
    "no-list": {
        "en": "They could not be listed ({why}).",
        "ja": "一覧を取得できませんでした（{why}）。",
    },
    # -- work ----------------------------------------------------------------------------------
    "work-failures": {"en": "Looking for failures …", "ja": "失敗を探しています…"},
    "work-choices": {"en": "Reading what there is …", "ja": "一覧を読み取っています…"},
    "work-diagnose": {"en": "Reading the account …", "ja": "アカウントを読み取っています…"},
    "work-plan": {"en": "Planning the change …", "ja": "変更の計画を作っています…"},
    "work-finish": {"en": "Planning the rest …", "ja": "残りの計画を作っています…"},
    "work-undo": {"en": "Planning the way back …", "ja": "元に戻す計画を作っています…"},
    "work-apply": {"en": "Applying …", "ja": "適用しています…"},
    "work-verify": {"en": "Checking that it worked …", "ja": "直ったか確認しています…"},
    # -- verdicts ------------------------------------------------------------------------------
    "status-confirmed": {
        "en": "Proven by what was read.",
        "ja": "読み取った内容から確定しました。",
    },
    "status-suspected": {
        "en": "It fits, but could not be proven from here.",
        "ja": "当てはまりますが、ここからは確定できません。",
    },
    "evidence": {"en": "What was read", "ja": "読み取った事実"},
    "mended-together": {
        "en": "Mended together with it",
        "ja": "一緒に直せるもの",
    },
    "next-errors": {
        "en": "What would fail next",
        "ja": "次に失敗するもの",
    },
    "not-read": {"en": "Could not be read", "ja": "読み取れなかったもの"},
    "other-cause": {"en": "See: {title}", "ja": "見る: {title}"},
    "predicted": {"en": "would fail next", "ja": "次に失敗"},
    "look-again": {"en": "Look again", "ja": "もう一度調べる"},
    "try-again": {"en": "Try again", "ja": "もう一度試す"},
    "clear-title": {"en": "Nothing proven wrong", "ja": "異常は確認されませんでした"},
    "clear": {
        "en": "Nothing that I can check from here is wrong. This is what the answer rests on:",
        "ja": "ここから確認できる範囲に異常はありません。根拠は次のとおりです。",
    },
    "checked": {"en": "Checked and in order", "ja": "確認して問題がなかったもの"},
    "notices": {"en": "Worth knowing", "ja": "参考"},
    "unchecked": {"en": "Could not be checked", "ja": "確認できなかったもの"},
    # -- questions -----------------------------------------------------------------------------
    "question-of": {"en": "Question {number} of {of}", "ja": "質問 {number}／{of}"},
    "yes": {"en": "Yes", "ja": "はい"},
    "no": {"en": "No", "ja": "いいえ"},
    "unsure": {"en": "I do not know", "ja": "わからない"},
    "by-your-answers": {
        "en": "By your answers; nothing was read to prove it.",
        "ja": "回答からの推定です。読み取りによる確認はしていません。",
    },
    "would-mend": {"en": "What mends it", "ja": "直し方"},
    "next-question": {"en": "No, ask me on", "ja": "違う。質問を続ける"},
    "none-left-title": {"en": "None of the causes I know", "ja": "知っている原因ではありません"},
    "none-left": {
        "en": "By your answers it is none of the causes I know for this error.",
        "ja": "回答からは、このエラーについて知っているどの原因にも当てはまりません。",
    },
    # -- fixes ---------------------------------------------------------------------------------
    "plan-text": {
        "en": "After your yes, exactly what is shown here is done, and nothing else. "
        "Changes: {count}.",
        "ja": "「はい」の後に、ここに表示した変更だけをそのまま行います。変更: {count} 件",
    },
    "needs-permissions": {"en": "Permissions it needs", "ja": "必要な権限"},
    "effect": {"en": "Effect", "ja": "影響"},
    "cost": {"en": "Cost", "ja": "費用"},
    "undo": {"en": "Undo", "ja": "取り消し"},
    "undo-none": {"en": "nothing takes it back", "ja": "取り消せません"},
    "apply-this": {"en": "Yes, apply this", "ja": "はい、適用する"},
    "do-not-apply": {"en": "No, change nothing", "ja": "いいえ、変更しない"},
    "manual-text": {
        "en": "This one is done by your own hand; the wizard changes nothing.",
        "ja": "これは手作業で行います。ウィザードは何も変更しません。",
    },
    "done-look-again": {"en": "Done: look again", "ja": "実施した。もう一度調べる"},
    "verified-passed": {
        "en": "It worked: the cause is gone.",
        "ja": "直りました。原因はなくなっています。",
    },
    "verified-failed": {
        "en": "The change was applied, but the cause is still there.",
        "ja": "変更は適用しましたが、原因が残っています。",
    },
    "verified-pending": {
        "en": "Applied; it is still rolling out.",
        "ja": "適用しました。まだ反映の途中です。",
    },
    "verified-skipped": {
        "en": "Applied; there was nothing to check it by.",
        "ja": "適用しました。確認できるものはありませんでした。",
    },
    "not-applied": {
        "en": "The change did not go through.",
        "ja": "変更は完了しませんでした。",
    },
    "entry": {
        "en": "Journal: {entry} (`fargate-wizard undo {entry}` takes it back)",
        "ja": "記録: {entry}（`fargate-wizard undo {entry}` で元に戻せます）",
    },
    "entry-undo": {"en": "Journal: {entry}", "ja": "記録: {entry}"},
    "undo-title": {"en": "Take back {entry}: {title}", "ja": "{entry} の取り消し: {title}"},
    "taken-back": {"en": "Taken back.", "ja": "元に戻しました。"},
    "still-wrong": {"en": "What is wrong next", "ja": "次の問題"},
    "go-on-next": {"en": "Go on to it", "ja": "次の問題へ進む"},
    "all-mended": {
        "en": "Nothing else is wrong with this target. Try your command again.",
        "ja": "この対象にほかの問題はありません。もう一度コマンドを実行してください。",
    },
    # -- trouble -------------------------------------------------------------------------------
    "trouble-title": {"en": "That did not work", "ja": "できませんでした"},
    "trouble-any": {
        "en": "It could not be done. Nothing was changed by this step.",
        "ja": "実行できませんでした。この手順では何も変更していません。",
    },
    "trouble-apply": {
        "en": "The change ended in the middle. Some of it may have been made: the journal "
        "(`fargate-wizard history`) knows, and the next start offers to finish it or take it back.",
        "ja": "変更が途中で終わりました。一部は適用された可能性があります。記録は "
        "`fargate-wizard history` で確認でき、次回の起動時に続きの適用か取り消しを選べます。",
    },
    "applying": {
        "en": "Each step is noted in the journal before it is made, with its way back if any.",
        "ja": "各手順は、元に戻す方法があればそれも含めて、実行前に記録されます。",
    },
    "trouble-refused": {
        "en": "This cannot be mended from here.",
        "ja": "ここからは直せません。",
    },
    "bye": {"en": "Good luck!", "ja": "お疲れさまでした。"},
    **FRAME,
}


def say(key: str, lang: str, **values: object) -> str:
    """Return the words `key` in `lang`, placeholders filled; KeyError for an unknown key."""
    words = WORDS[key]
    return fill(words.get(lang) or words["en"], values)
