"""What planners say: refusals, notes, and effects of changes that are a step of several fixes."""

PLANNING: dict[str, dict[str, str]] = {
    # Refusals of planners
    "unread": {
        "en": "The plan needs {call}, which could not be read ({why}). Allow it, or run the fix"
        " with more rights.",
        "ja": "計画には {call} の読み取りが必要ですが、読み取れませんでした（{why}）。"
        "権限を追加するか、より強い権限で修正を実行してください。",
    },
    "undecided": {
        "en": "Whether this is wrong could not be read: {calls}. Nothing is changed on a guess.",
        "ja": "この原因かどうかを読み取れませんでした: {calls}。推測では何も変更しません。",
    },
    "no-fix": {
        "en": "No fix of this cause can be applied from here.",
        "ja": "この原因に対して、ここから適用できる修正はありません。",
    },
    "by-hand": {
        "en": "The wizard changes nothing here; do it by hand: {how}",
        "ja": "ウィザードは何も変更しません。手動で次を行ってください: {how}",
    },
    "role-unknown": {
        "en": "Which role is meant is not known, so there is nothing to attach the policy to.",
        "ja": "対象のロールが分からないため、ポリシーをアタッチする先がありません。",
    },
    "user-unknown": {
        "en": "The caller is not an IAM user, so there is no user to attach the policy to.",
        "ja": "呼び出し元は IAM ユーザーではないため、ポリシーをアタッチするユーザーがありません。",
    },
    "sso-role": {
        "en": "The role {role} is made by IAM Identity Center and cannot be edited in IAM. The"
        " change belongs into its permission set, in the management account.",
        "ja": "ロール {role} は IAM Identity Center が作成したもので、IAM では編集できません。"
        "変更は管理アカウントの許可セットに加えてください。",
    },
    "service-role": {
        "en": "The role {role} is linked to an AWS service or managed elsewhere and cannot be"
        " edited. Use a role of your own.",
        "ja": "ロール {role} は AWS サービスにリンクされているか別の場所で管理されており、"
        "編集できません。独自のロールを使ってください。",
    },
    "denied-explicit-deny": {
        "en": "{actions}: a policy denies it explicitly (Deny). Attaching a policy does not help;"
        " the Deny statement itself must be narrowed by whoever owns it.",
        "ja": "{actions}: ポリシーで明示的に拒否（Deny）されています。ポリシーをアタッチしても"
        "効果はありません。Deny ステートメントの所有者が範囲を狭める必要があります。",
    },
    "denied-scp": {
        "en": "{actions}: a service control policy of the organization limits it. The change"
        " belongs into the SCP, in the organization's management account.",
        "ja": "{actions}: 組織のサービスコントロールポリシー（SCP）で制限されています。"
        "変更は組織の管理アカウントの SCP に加えてください。",
    },
    "denied-boundary": {
        "en": "{actions}: the permissions boundary does not let it through. The change belongs"
        " into the policy that is set as the boundary.",
        "ja": "{actions}: アクセス許可の境界（permissions boundary）で許可されていません。"
        "変更は境界に設定されたポリシーに加えてください。",
    },
    "denied-session": {
        "en": "{actions}: the session policy given when the role was assumed does not allow it."
        " The change belongs where the role is assumed.",
        "ja": "{actions}: ロールの引き受け時に渡されたセッションポリシーで許可されていません。"
        "変更はロールを引き受ける側に加えてください。",
    },
    "denied-endpoint": {
        "en": "{actions}: the policy of the VPC endpoint does not allow it. The change belongs"
        " into the endpoint's policy.",
        "ja": "{actions}: VPC エンドポイントのポリシーで許可されていません。"
        "変更はエンドポイントポリシーに加えてください。",
    },
    "denied-resource": {
        "en": "{actions}: the resource's own policy denies it. The change belongs into that policy,"
        " with the owner of the resource.",
        "ja": "{actions}: リソース自身のポリシーで拒否されています。"
        "変更はリソースの所有者がそのポリシーに加える必要があります。",
    },
    "policy-too-long": {
        "en": "The inline policies of {name} would grow beyond IAM's limit of {limit} characters."
        " Put the statements into a managed policy: {command}",
        "ja": "{name} のインラインポリシーが IAM の上限（{limit} 文字）を超えます。"
        "ステートメントを管理ポリシーに入れてください: {command}",
    },
    "nothing-to-grant": {
        "en": "What the goal needs of {name} is not known: {why}",
        "ja": "目的のために {name} に必要な権限が分かりません: {why}",
    },
    "no-managed-policy": {
        "en": "There is no AWS managed policy for this purpose that opens only what is needed;"
        " attach the least policy.",
        "ja": "この用途に適した AWS 管理ポリシーはありません。最小権限のポリシーを"
        "アタッチしてください。",
    },
    "controller": {
        "en": "The service is deployed by {controller}, which does not take a forced deployment."
        " Start a new deployment there; its tasks then come with the change.",
        "ja": "サービスは {controller} でデプロイされており、強制デプロイを受け付けません。"
        "そちらで新しいデプロイを開始すると、新しいタスクに変更が反映されます。",
    },
    "no-service": {
        "en": "No active service is named or found, so there is nothing to deploy anew.",
        "ja": "有効なサービスが指定されていないか見つからないため、再デプロイの対象がありません。",
    },
    "no-execution_role-named": {
        "en": "The task definition names no execution role. Register a revision with an"
        " executionRoleArn, and deploy it; the wizard does not write task definitions.",
        "ja": "タスク定義に実行ロールがありません。executionRoleArn を指定したリビジョンを登録して"
        "デプロイしてください。ウィザードはタスク定義を書き換えません。",
    },
    "no-task_role-named": {
        "en": "The task definition names no task role. Register a revision with a taskRoleArn, and"
        " deploy it; the wizard does not write task definitions.",
        "ja": "タスク定義にタスクロールがありません。taskRoleArn を指定したリビジョンを登録して"
        "デプロイしてください。ウィザードはタスク定義を書き換えません。",
    },
    "no-nat": {
        "en": "There is no NAT gateway in {vpc} that could carry the traffic. Create one in a"
        " public subnet (billed per hour and per GB), or create the missing VPC endpoints instead.",
        "ja": "{vpc} には利用できる NAT ゲートウェイがありません。パブリックサブネットに作成する"
        "（1 時間ごとと 1 GB ごとに課金）か、代わりに不足している VPC エンドポイントを作成して"
        "ください。",
    },
    "repository-policy-deny": {
        "en": "The policy of {repository} holds a Deny statement. It must be edited by hand:"
        " adding an Allow does not help against it.",
        "ja": "{repository} のポリシーには Deny ステートメントがあります。Allow を追加しても"
        "効果がないため、手動で編集する必要があります。",
    },
    "no-task-role": {
        "en": "The task definition names no task role, and ECS refuses ECS Exec without one."
        " Register a revision with a task role that has the ssmmessages actions first.",
        "ja": "タスク定義にタスクロールがないため、ECS は ECS Exec を拒否します。先に ssmmessages"
        " のアクションを持つタスクロールを指定したリビジョンを登録してください。",
    },
    "no-network": {
        "en": "The subnets of the task are not known, so there is no place for the endpoints.",
        "ja": "タスクのサブネットが分からないため、エンドポイントの配置先がありません。",
    },
    "others-admitted": {
        "en": "Others live in {vpc} too, and private DNS leads them to the new endpoints as well:"
        " the rule admits the whole VPC ({blocks}), so that they are not shut out.",
        "ja": "{vpc} にはほかのリソースもあり、プライベート DNS によってそれらも新しい"
        "エンドポイントに向かいます。遮断されないように、ルールでは VPC 全体（{blocks}）を"
        "許可します。",
    },
    "others-unread": {
        "en": "Who else lives in {vpc} could not be read. Private DNS leads everybody in it to the"
        " new endpoints; whoever is not in the task's groups must be admitted besides.",
        "ja": "{vpc} のほかのリソースを読み取れませんでした。プライベート DNS により"
        " VPC 内のすべてが新しいエンドポイントに向かうため、タスクのセキュリティグループ以外も"
        "許可が必要です。",
    },
    "no-endpoint-service": {
        "en": "AWS offers no endpoint for {service} in {region} in the zones of this VPC.",
        "ja": "{region} のこの VPC のゾーンでは、{service} のエンドポイントは提供されていません。",
    },
    "endpoint-gone": {
        "en": "The endpoint {endpoint} is not there any more.",
        "ja": "エンドポイント {endpoint} はもう存在しません。",
    },
    "endpoint-policy-deny": {
        "en": "The policy of {endpoint} holds a Deny statement. It must be edited by hand: adding"
        " an Allow does not help against it.",
        "ja": "{endpoint} のポリシーには Deny ステートメントがあります。Allow を追加しても"
        "効果がないため、手動で編集する必要があります。",
    },
    "endpoint-policy-unknown": {
        "en": "Which actions {service} needs from the policy of {endpoint} is not known.",
        "ja": "{endpoint} のポリシーで {service} に必要なアクションが分かりません。",
    },
    "other-region": {
        "en": "The log group {log_group} is named in {region}, not in the region of this run. If"
        " that is meant, create it there: {command}",
        "ja": "ロググループ {log_group} はこの実行のリージョンではなく {region} を指しています。"
        "意図どおりであれば、そちらで作成してください: {command}",
    },
    "other-account": {
        "en": "The repository {repository} belongs to account {account}; it must be created there.",
        "ja": "リポジトリ {repository} はアカウント {account} のものです。そちらで作成して"
        "ください。",
    },
    "registry-unknown": {
        "en": "The registry to log in to is not known; give its account and region.",
        "ja": "ログイン先のレジストリが分かりません。アカウントとリージョンを指定してください。",
    },
    # Notes of plans
    "deployment-follows": {
        "en": "The service starts new tasks by itself by and by; the deployment makes it try at"
        " once.",
        "ja": "サービスはやがて新しいタスクを自動で起動しますが、デプロイですぐに再試行させます。",
    },
    "deployment-elsewhere": {
        "en": "New tasks are needed, but the service is deployed by {controller}: start a"
        " deployment there.",
        "ja": "新しいタスクが必要ですが、サービスは {controller} でデプロイされています。"
        "そちらでデプロイを開始してください。",
    },
    "unread-policy": {
        "en": "The policies of {name} could not be read ({why}). The policy gets a name that"
        " tells its content, so it can replace nothing else.",
        "ja": "{name} のポリシーを読み取れませんでした（{why}）。ポリシー名は内容から決まるため、"
        "ほかのポリシーを置き換えることはありません。",
    },
    "not-undone": {
        "en": "{operation} is not taken back: there is nothing that does.",
        "ja": "{operation} は取り消されません。取り消す方法がないためです。",
    },
    # Effects of changes that are a step of several fixes
    "make-group": {
        "en": "A new security group for the endpoints. It admits nothing until the next step.",
        "ja": "エンドポイント用のセキュリティグループを作成します。まだ何も許可しません。",
    },
    "free": {"en": "No charge.", "ja": "料金はかかりません。"},
    "undo-effect": {
        "en": "Takes back step {step} of {entry}.",
        "ja": "{entry} のステップ {step} を取り消します。",
    },
}
