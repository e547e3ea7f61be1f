using Signalbox.Delivery.Detection;
using Signalbox.Pipelines.Portable;

namespace Signalbox.Pipelines.Design;

/// <summary>The steps that bring a release to one environment, and tell how it went.</summary>
internal sealed class DeployScripts(RepositorySurvey survey, Platform platform, DesignDecisions decisions, string environment)
{
    private const string Credential = "client.authentication.k8s.io/v1";

    // said in each script: a platform may have set another
    private const string File = "export KUBECONFIG=kubeconfig\n";

    private bool ByIdentity => decisions["cluster"] == "identity";

    private bool Reports => decisions.Has("dora");

    private bool Exchanges => platform is Platform.GitHubActions or Platform.GitLab;

    /// <summary>Whether the job asks for an identity of its own.</summary>
    public bool UsesIdentity => ByIdentity || (Reports && Exchanges);

    /// <summary>GitLab hands tokens out by name; GitHub is asked for each.</summary>
    public IReadOnlyList<PortableIdentityToken> Tokens
    {
        get
        {
            var tokens = new List<PortableIdentityToken>();
            if (platform == Platform.GitLab && ByIdentity) tokens.Add(new("KUBE_TOKEN", "kubernetes"));
            if (platform == Platform.GitLab && Reports) tokens.Add(new("SIGNALBOX_ID_TOKEN", "$SIGNALBOX_URL"));
            return tokens;
        }
    }

    public IReadOnlyList<PortableVariable> Variables
    {
        get
        {
            var variables = new List<PortableVariable> { Setting("KUBE_SERVER"), Setting("KUBE_CA") };
            if (Reports) variables.Add(Setting("SIGNALBOX_URL"));
            return variables;
        }
    }

    public IEnumerable<PortableStep> Steps
    {
        get
        {
            yield return Run("Reach the cluster", Connect());
            yield return Run("Deploy", decisions["deploy"] == "helm" ? Helm() : Apply()) with { Variables = ByIdentity ? [] : [Secret("KUBE_TOKEN")] };
            if (Reports) yield return Run("Tell how it went", Report()) with { When = RunsWhen.Finished, Variables = Exchanges ? [] : [Secret("SIGNALBOX_TOKEN")] };
        }
    }

    private static PortableVariable Setting(string name) => new(name, PortableText.Of(new PortableReference(ReferenceKind.Setting, name)));

    private static PortableVariable Secret(string name) => new(name, PortableText.Of(new PortableReference(ReferenceKind.Secret, name)));

    /// <summary>
    /// A kubeconfig without a secret in it. The token is asked for anew whenever the cluster refuses the last one (kubernetes.io, "client-go credential
    /// plugins"): GitHub's lives for minutes, and a deployment that goes back must still be let in.
    /// </summary>
    private string Connect()
    {
        var token = platform == Platform.GitHubActions && ByIdentity
            ? $"curl -fsS -H \"Authorization: bearer $ACTIONS_ID_TOKEN_REQUEST_TOKEN\" \"$ACTIONS_ID_TOKEN_REQUEST_URL&audience=kubernetes\" | jq \"{{apiVersion: \\\"{Credential}\\\", kind: \\\"ExecCredential\\\", status: {{token: .value}}}}\""
            : $"jq -n \"{{apiVersion: \\\"{Credential}\\\", kind: \\\"ExecCredential\\\", status: {{token: env.KUBE_TOKEN}}}}\"";
        // the environment before this one may have run in the same folder, and so may an earlier run: what became of those is not told as this one's
        return $"rm -f outcome.txt now.yaml before.json rendered.yaml\n{File}printf '%s\\n' '{token}' > kube-token.sh\n"
            + "printf '%s\\n' \"$KUBE_CA\" > kube-ca.pem\n"
            + "kubectl config set-cluster cluster --server=\"$KUBE_SERVER\" --certificate-authority=kube-ca.pem --embed-certs\n"
            + $"kubectl config set-credentials job --exec-api-version={Credential} --exec-interactive-mode=Never --exec-command=sh --exec-arg=kube-token.sh\n"
            + "kubectl config set-context deploy --cluster=cluster --user=job\n"
            + "kubectl config use-context deploy";
    }

    private static string Values(ChartFound chart) => "--set-string image.repository=\"${reference%@*}\" "
        + (chart.Digest ? "--set-string image.digest=\"${reference#*@}\"" : "--set-string image.tag=\"verified@${reference#*@}\"");

    /// <summary>A chart that reads its values only here and there may still run another image: what it makes must name the digest.</summary>
    /// <param name="needsMore">Whether it may have values that are only in the cluster, without which it makes nothing here.</param>
    private static string Renders(ChartFound chart, bool needsMore) =>
        (needsMore ? $"command -v helm || {{ echo 'helm is not here: whether the chart runs what was verified cannot be told'; exit 1; }}\nhelm dependency build {Words.Quote("./" + chart.Folder)} || :\n" : "")
        + $"helm template {chart.Name} {Words.Quote("./" + chart.Folder)} {Values(chart)} > rendered.yaml{(needsMore ? " || : > rendered.yaml" : "")}\n"
        // every container of that repository, and no other line that names it
        + "grep -E '^[[:space:]-]*image:' rendered.yaml | grep -F -e \"${reference%@*}:\" -e \"${reference%@*}@\" > images.txt || :\n"
        + (needsMore ? $"if [ ! -s rendered.yaml ]\nthen echo 'the chart {chart.Name} needs more than is here to be rendered: the image that it runs is not checked'\nel" : "")
        + "if [ ! -s images.txt ] || grep -qvF \"${reference#*@}\" images.txt\n"
        + $"then echo \"the chart {chart.Name} does not run $reference: nothing is deployed\"; exit 1; fi\n";

    private string Helm()
    {
        var chart = survey.Chart!;
        return File + "reference=$(cat image.txt)\n" + Renders(chart, needsMore: false)
            + $"if helm upgrade --install {chart.Name} {Words.Quote("./" + chart.Folder)} --namespace {decisions["namespace"]}-{environment} --atomic --timeout 10m {Values(chart)}\n"
            + "then echo succeeded > outcome.txt\nelse echo rolledBack > outcome.txt; exit 1\nfi";
    }

    /// <summary>
    /// Writes commit and digest into what the controller is told, applies it, and waits until the cluster serves it; else applies what was there before.
    /// </summary>
    private string Apply()
    {
        var target = new DeliveryTarget(survey, decisions);
        var commit = $"\"${ReferenceTable.Shell(ReferenceKind.Commit, platform)}\"";
        return File + "reference=$(cat image.txt)\n"
            + $"commit={commit}\n"
            + (survey.Chart is { } chart ? Renders(chart, needsMore: true) : "")
            + $"sed -e \"s|{DeliveryDesigner.NoDigest}|${{reference#*@}}|\" -e \"s|{DeliveryDesigner.NoCommit}|$commit|\" -e \"s|registry.invalid/{survey.Name}|${{reference%@*}}|\" {GitOpsManifests.FileOf(decisions["deploy"], environment)} > now.yaml\n"
            + "kubectl apply view-last-applied -f now.yaml -o json > before.json || : > before.json\n"
            + $"if kubectl apply -f now.yaml{string.Concat(Waits(target).Select(w => $" \\\n  && {w}"))}\n"
            + "then echo succeeded > outcome.txt\n"
            + "else\n"
            + "  echo failed > outcome.txt\n"
            + "  if [ -s before.json ]; then kubectl apply -f before.json && echo rolledBack > outcome.txt; fi\n"
            + "  exit 1\n"
            + "fi";
    }

    private IEnumerable<string> Waits(DeliveryTarget target)
    {
        var name = GitOpsManifests.ObjectOf(target, environment);
        if (decisions["deploy"] == "argo-cd")
        {
            var wait = $"kubectl wait --namespace argocd application/{name}";
            yield return $"{wait} --for=jsonpath='{{.status.operationState.syncResult.revision{(target.Chart is null ? "" : "s[0]")}}}'=\"$commit\" --timeout=10m";
            yield return $"{wait} --for=jsonpath='{{.status.operationState.phase}}'=Succeeded --timeout=10m";
            // healthy is also what it was before: it has a minute to begin
            yield return $"{{ {wait} --for=jsonpath='{{.status.health.status}}'=Progressing --timeout=1m || :; }}";
            yield return $"{wait} --for=jsonpath='{{.status.health.status}}'=Healthy --timeout=25m";
            yield break;
        }
        yield return $"kubectl wait --namespace flux-system kustomization/{name} --for=jsonpath='{{.status.lastAppliedRevision}}'=\"sha1:$commit\" --timeout=15m";
        if (decisions["rollout"] != "flagger") yield break;
        var canary = $"kubectl wait --namespace {target.Namespace(environment)} canary/{target.Name}";
        yield return $"{{ {canary} --for=condition=Promoted=Unknown --timeout=3m || :; }}";
        yield return $"{canary} --for=condition=Promoted --timeout=25m";
    }

    private static string GitHubToken(string audience) =>
        $"curl -fsS -H \"Authorization: bearer $ACTIONS_ID_TOKEN_REQUEST_TOKEN\" \"$ACTIONS_ID_TOKEN_REQUEST_URL&audience={audience}\" | sed -n 's/.*\"value\": *\"\\([^\"]*\\)\".*/\\1/p'";

    /// <summary>A deployment as docs/dora.md describes it, in exchange for the job's identity where the platform gives one. What never began is not told.</summary>
    private string Report()
    {
        var (id, source) = platform switch
        {
            Platform.GitHubActions => ("$GITHUB_RUN_ID-$GITHUB_RUN_ATTEMPT", "$GITHUB_SERVER_URL/$GITHUB_REPOSITORY"),
            Platform.GitLab => ("$CI_JOB_ID", "$CI_PROJECT_URL"),
            Platform.AzurePipelines => ("$BUILD_BUILDID-$SYSTEM_JOBATTEMPT", "$BUILD_REPOSITORY_URI"),
            _ => ("$BUILD_NUMBER", "$JOB_URL"),
        };
        var commit = ReferenceTable.Shell(ReferenceKind.Commit, platform);
        var token = platform switch
        {
            Platform.GitHubActions => $"identity=$({GitHubToken("$SIGNALBOX_URL")})\n{Exchange("$identity")}",
            Platform.GitLab => Exchange("$SIGNALBOX_ID_TOKEN"),
            _ => "token=$SIGNALBOX_TOKEN\n",
        };
        return "test -n \"$SIGNALBOX_URL\" || { echo 'SIGNALBOX_URL is not set: nobody is told'; exit 0; }\n"
            + "test -f outcome.txt || { echo 'nothing was deployed: nobody is told'; exit 0; }\noutcome=$(cat outcome.txt)\nrm outcome.txt\n" + token
            + $"printf '{{\"id\":\"%s\",\"source\":\"%s\",\"application\":\"%s\",\"environment\":\"%s\",\"release\":\"%s\",\"outcome\":\"%s\",\"finishedAt\":\"%s\",\"changes\":[{{\"commit\":\"%s\",\"committedAt\":\"%s\"}}]}}' \"{id}-{environment}\" \"{source}\" {survey.Name} {environment} \"${commit}\" \"$outcome\" \"$(date -u +%Y-%m-%dT%H:%M:%SZ)\" \"${commit}\" \"$(git log -1 --format=%cI)\" > deployment.json\n"
            + "printf 'Authorization: Bearer %s' \"$token\" | curl -fsS -H @- -H 'Content-Type: application/json' --data-binary @deployment.json \"$SIGNALBOX_URL/api/v1/deployments\"";
    }

    private static string Exchange(string identity) =>
        $"token=$(printf '{{\"token\":\"%s\"}}' \"{identity}\" | curl -fsS -H 'Content-Type: application/json' --data-binary @- \"$SIGNALBOX_URL/api/v1/tokens/exchange\" | sed -n 's/.*\"token\": *\"\\([^\"]*\\)\".*/\\1/p')\n";

    private static RunStep Run(string name, string script) => new(PortableText.Of(script)) { Name = PortableText.Of(name) };
}
