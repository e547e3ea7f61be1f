using Signalbox.Delivery.Detection;
using Signalbox.Pipelines.Portable;

namespace Signalbox.Pipelines.Design;

/// <summary>The steps that bring a chart to its cluster, and tell how it went.</summary>
internal sealed class DeployScripts(RepositorySurvey survey, Platform platform, DesignDecisions decisions)
{
    private const string Authority = "kube-ca.pem";

    private bool ByIdentity => decisions["cluster"] == "identity";

    private bool Reports => decisions.Has("dora");

    /// <summary>GitLab hands tokens out by name; GitHub is asked for each.</summary>
    public IReadOnlyList<PortableIdentityToken> Tokens => platform != Platform.GitLab ? [] :
        [.. ByIdentity ? [new PortableIdentityToken("HELM_KUBETOKEN", "kubernetes")] : (PortableIdentityToken[])[], .. Reports ? [new PortableIdentityToken("SIGNALBOX_ID_TOKEN", "$SIGNALBOX_URL")] : (PortableIdentityToken[])[]];

    public IReadOnlyList<PortableVariable> Variables =>
    [
        new("HELM_KUBEAPISERVER", PortableText.Of(new PortableReference(ReferenceKind.Setting, "KUBE_SERVER"))),
        new("HELM_KUBECAFILE", PortableText.Of(Authority)),
        new("KUBE_CA", PortableText.Of(new PortableReference(ReferenceKind.Setting, "KUBE_CA"))),
        .. Reports ? [new("SIGNALBOX_URL", PortableText.Of(new PortableReference(ReferenceKind.Setting, "SIGNALBOX_URL")))] : Array.Empty<PortableVariable>(),
        .. Reports && !Exchanges ? [Secret("SIGNALBOX_TOKEN")] : Array.Empty<PortableVariable>(),
    ];

    public IEnumerable<PortableStep> Steps
    {
        get
        {
            yield return Run("Deploy", Deploy()) with { Variables = ByIdentity ? [] : [Secret("HELM_KUBETOKEN")] };
            if (!Reports) yield break;
            yield return Run("Tell what was deployed", Report("succeeded"));
            yield return Run("Tell what went back", Report("rolledBack")) with { When = RunsWhen.Failed };
        }
    }

    private bool Exchanges => platform is Platform.GitHubActions or Platform.GitLab;

    private static PortableVariable Secret(string name) => new(name, PortableText.Of(new PortableReference(ReferenceKind.Secret, name)));

    private string Deploy()
    {
        var chart = survey.Chart!;
        var digest = chart.Digest ? "--set-string image.digest=\"${reference#*@}\"" : "--set-string image.tag=\"verified@${reference#*@}\"";
        var token = platform == Platform.GitHubActions && ByIdentity ? $"HELM_KUBETOKEN=$({GitHubToken("kubernetes")})\necho \"::add-mask::$HELM_KUBETOKEN\"\nexport HELM_KUBETOKEN\n" : "";
        return $"{token}printf '%s\\n' \"$KUBE_CA\" > {Authority}\nreference=$(cat image.txt)\n"
            + $"helm upgrade --install {chart.Name} {Words.Quote("./" + chart.Folder)} --namespace {decisions["namespace"]} --atomic --timeout 10m --set-string image.repository=\"${{reference%@*}}\" {digest}";
    }

    private static string GitHubToken(string audience) =>
        $"curl -fsS -H \"Authorization: bearer $ACTIONS_ID_TOKEN_REQUEST_TOKEN\" \"$ACTIONS_ID_TOKEN_REQUEST_URL&audience={audience}\" | sed -n 's/.*\"value\": *\"\\([^\"]*\\)\".*/\\1/p'";

    /// <summary>A deployment as docs/dora.md describes it, in exchange for the job's identity where the platform gives one.</summary>
    private string Report(string outcome)
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
        return "test -n \"$SIGNALBOX_URL\" || { echo 'SIGNALBOX_URL is not set: nobody is told'; exit 0; }\n" + token
            + $"printf '{{\"id\":\"%s\",\"source\":\"%s\",\"application\":\"%s\",\"environment\":\"%s\",\"release\":\"%s\",\"outcome\":\"%s\",\"finishedAt\":\"%s\"}}' \"{id}\" \"{source}\" {survey.Name} {decisions["environment"]} \"${commit}\" {outcome} \"$(date -u +%Y-%m-%dT%H:%M:%SZ)\" > deployment.json\n"
            + "printf 'Authorization: Bearer %s' \"$token\" | curl -fsS -H @- -H 'Content-Type: application/json' --data-binary @deployment.json \"$SIGNALBOX_URL/api/v1/deployments\"";
    }

    private static string Exchange(string identity) =>
        $"token=$(printf '{{\"token\":\"%s\"}}' \"{identity}\" | curl -fsS -H 'Content-Type: application/json' --data-binary @- \"$SIGNALBOX_URL/api/v1/tokens/exchange\" | sed -n 's/.*\"token\": *\"\\([^\"]*\\)\".*/\\1/p')\n";

    private static RunStep Run(string name, string script) => new(PortableText.Of(script)) { Name = PortableText.Of(name) };
}
