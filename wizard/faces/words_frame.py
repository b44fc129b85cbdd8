"""The words around the steps: keys, commands, the help, in both languages."""

FRAME: dict[str, dict[str, str]] = {
    "path-start": {"en": "Start", "ja": "開始"},
    "keys": {
        "en": "Esc Back  F1 Help  F2 日本語  F3 Copy  PgDn Scroll  Ctrl+Q Quit",
        "ja": "Esc 戻る  F1 ヘルプ  F2 English  F3 コピー  PgDn スクロール  Ctrl+Q 終了",
    },
    "key-choose": {"en": "Choose the answer", "ja": "回答を選ぶ"},
    "key-move": {"en": "Go to text, answers, explanation", "ja": "入力・回答・説明の間を移動"},
    "key-scroll": {"en": "Scroll the explanation", "ja": "説明をスクロール"},
    "search": {"en": "Search commands", "ja": "コマンドを検索"},
    "close-help": {"en": "Esc closes this.", "ja": "Esc で閉じます。"},
    "how-to-quit": {
        "en": "Ctrl+Q quits. The next start offers to go on here.",
        "ja": "終了は Ctrl+Q です。次回の起動時に続きから再開できます。",
    },
    "entry-keys": {
        "en": "{label} (Enter to send, Tab or a number to choose)",
        "ja": "{label}（Enter で送信、Tab か番号で選択）",
    },
    "back": {"en": "Back", "ja": "戻る"},
    "help": {"en": "Help", "ja": "ヘルプ"},
    "language": {"en": "日本語", "ja": "English"},
    "copy": {"en": "Copy", "ja": "コピー"},
    "copied": {"en": "Copied.", "ja": "コピーしました。"},
    "choose-number": {
        "en": "Number (b back, l 日本語, h help, q quit): ",
        "ja": "番号（b 戻る、l English、h ヘルプ、q 終了）: ",
    },
    "no-such-number": {"en": "Please type one of the numbers.", "ja": "番号を入力してください。"},
    "end-with-dot": {
        "en": "Or paste the error, then a line with a single dot (.)",
        "ja": "またはエラーを貼り付け、最後にピリオド（.）だけの行を入力してください",
    },
    "not-possible": {"en": "not possible", "ja": "適用不可"},
    "help-text": {
        "en": "Paste an error, or choose a goal. The wizard explains the error, reads the account "
        "(it cannot write while it reads), shows the cause with the evidence, and offers a fix. "
        "A fix is shown as the exact change first; only your yes applies it, and undo takes it "
        "back. When the terminal goes away, start again: you can go on where you were.",
        "ja": "エラーを貼り付けるか、目的を選びます。ウィザードはエラーを説明し、"
        "アカウントを読み取り（読み取り中は書き込みできません）、根拠とともに原因を示し、修正を提案します。"
        "修正は必ず変更内容を先に表示し、「はい」と答えたときだけ適用し、undo で元に戻せます。"
        "端末が切れても、次回の起動時に続きから再開できます。",
    },
}
