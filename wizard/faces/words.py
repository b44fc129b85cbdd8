"""The words of the program itself, in both languages. What it knows of AWS is in `knowledge/`."""

from wizard.core.words import fill

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
    "read-from-text": {"en": "Read from the text", "ja": "テキストから読み取った値"},
    "references": {"en": "References", "ja": "参考"},
    "harmless": {"en": "(harmless)", "ja": "（無害）"},
    "next-diagnose": {
        "en": "Next: `fargate-wizard` walks you through it, or "
        "`fargate-wizard diagnose --cluster {cluster}` reads the account.",
        "ja": "次の手: `fargate-wizard` で順に進めるか、"
        "`fargate-wizard diagnose --cluster {cluster}` でアカウントを読み取ります。",
    },
}


def say(key: str, lang: str, **values: object) -> str:
    """Return the words `key` in `lang`, placeholders filled; KeyError for an unknown key."""
    words = WORDS[key]
    return fill(words.get(lang) or words["en"], values)
