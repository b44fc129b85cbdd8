"""What calls say of roles, registries and quotas; see `wizard.aws.phrases`."""

OF_ACCOUNT: dict[str, dict[str, str]] = {
    "role-foreign": {
        "en": "{role} belongs to another account; ECS takes only roles of its own account",
        "ja": "{role} は別のアカウントのロール。ECS が使えるのは同じアカウントのロールのみ",
    },
    "task-denied": {
        "en": "AWS refused {actions} to {who}",
        "ja": "AWS は {who} の {actions} を拒否した",
    },
    "policy-denies": {
        "en": "the policy of the repository {repository} does not let the execution role pull",
        "ja": "リポジトリ {repository} のポリシーは実行ロールによる pull を許可していない",
    },
    "quota": {
        "en": "the quota is {quota}; the service wants {wanted} vCPUs",
        "ja": "クォータは {quota}。サービスが必要とする vCPU は {wanted}",
    },
    "registry-open": {
        "en": "{host} can be reached from this machine",
        "ja": "このマシンから {host} に到達できる",
    },
    "registry-closed": {
        "en": "{host} cannot be reached from this machine ({why})",
        "ja": "このマシンから {host} に到達できない（{why}）",
    },
}
