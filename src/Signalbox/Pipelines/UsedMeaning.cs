using Signalbox.Pipelines.Shell;

namespace Signalbox.Pipelines;

/// <summary>What well-known ready-made code does for delivery. Each name stands in its owner's public documentation.</summary>
internal static class UsedMeaning
{
    public static IEnumerable<Activity> Of(UsedCode uses, Step step)
    {
        var name = uses.Name.ToLowerInvariant();
        foreach (var kind in Kinds(name, uses.Repository.ToLowerInvariant(), step))
            foreach (var subject in kind == ActivityKind.Deploy && step.Input("script") is { } script && Subject(kind, step) is null ? Remote(script) : [Subject(kind, step)])
                yield return new(kind, uses.Name, uses.Range, subject, kind == ActivityKind.Scan ? Toothless(name, step) : null) { IsOfImage = kind == ActivityKind.Scan && ScansImage(name, step) };
    }

    private static IEnumerable<ActivityKind> Kinds(string name, string repository, Step step) => repository switch
    {
        "actions/checkout" => [ActivityKind.Checkout],
        "actions/cache" => name.EndsWith("/restore", StringComparison.Ordinal) ? [ActivityKind.RestoreCache]
            : name.EndsWith("/save", StringComparison.Ordinal) ? [ActivityKind.SaveCache] : [ActivityKind.RestoreCache, ActivityKind.SaveCache],
        "docker/build-push-action" or "redhat-actions/buildah-build" or "docker/bake-action" =>
            step.Input("push") is null or "false" ? [ActivityKind.BuildImage] : [ActivityKind.BuildImage, ActivityKind.PublishImage],
        "redhat-actions/push-to-registry" => [ActivityKind.PublishImage],
        "docker/login-action" or "aws-actions/amazon-ecr-login" or "azure/docker-login" => [ActivityKind.Login],
        "aquasecurity/trivy-action" or "anchore/scan-action" or "snyk/actions" or "github/codeql-action" or "docker/scout-action"
            or "google/osv-scanner-action" or "gitleaks/gitleaks-action" or "trufflesecurity/trufflehog" or "ossf/scorecard-action"
            or "actions/dependency-review-action" or "rustsec/audit-check" or "actions-rust-lang/audit" or "golang/govulncheck-action" or "securego/gosec" or "pypa/gh-action-pip-audit" or "pycqa/bandit-action"
            or "pyupio/safety-action" or "bridgecrewio/checkov-action" or "aquasecurity/tfsec-action" or "semgrep/semgrep-action" => [ActivityKind.Scan],
        "embarkstudios/cargo-deny-action" when step.Input("command") is not { } checks || checks is "check" || checks.Contains("advisories", StringComparison.Ordinal) => [ActivityKind.Scan],
        "anchore/sbom-action" or "cyclonedx/gh-node-module-generatebom" or "advanced-security/spdx-dependency-submission-action" => [ActivityKind.Sbom],
        "actions/attest-build-provenance" or "actions/attest" => [ActivityKind.Attest],
        "actions/attest-sbom" => [ActivityKind.Sbom, ActivityKind.Attest],
        "appleboy/ssh-action" => RemoteDeploys.MovesFiles(step.Input("script")) ? [] : [ActivityKind.Deploy],
        "azure/k8s-deploy" or "azure/webapps-deploy" or "azure/functions-action" or "azure/container-apps-deploy-action" or "aws-actions/amazon-ecs-deploy-task-definition"
            or "google-github-actions/deploy-cloudrun" or "google-github-actions/deploy-appengine" or "google-github-actions/deploy-cloud-functions"
            or "akhileshns/heroku-deploy" or "amondnet/vercel-action" or "cloudflare/wrangler-action" or "cloudflare/pages-action" or "nwtgck/actions-netlify"
            or "actions/deploy-pages" or "peaceiris/actions-gh-pages" or "jamesives/github-pages-deploy-action"
            or "superfly/flyctl-actions" or "firebaseextended/action-hosting-deploy" => [ActivityKind.Deploy],
        "pypa/gh-action-pypi-publish" or "js-devtools/npm-publish" or "softprops/action-gh-release" or "goreleaser/goreleaser-action"
            or "ncipollo/release-action" or "rubygems/release-gem" => [ActivityKind.Publish],
        _ => AzurePipelines.AzureTaskMeaning.Kinds(name, step),
    };

    // what runs a script on another machine deploys, unless all it does is to move files there
    private static IReadOnlyList<string?> Remote(string script) => RemoteDeploys.In(ShellScript.Parse(script).Commands) is { Count: > 0 } images ? images : [null];

    private static string? Subject(ActivityKind kind, Step step) => kind switch
    {
        ActivityKind.BuildImage or ActivityKind.PublishImage => Images(step),
        ActivityKind.Scan => step.Input("image-ref") ?? step.Input("image"),
        ActivityKind.Attest => step.Input("subject-digest") ?? step.Input("subject-name"),
        ActivityKind.Deploy => step.Input("images") ?? step.Input("image"),
        _ => null,
    };

    // Azure's Docker task names image and tags apart, and without tags takes the build's number
    private static string? Images(Step step) => step.Input("repository") is { } repository
        ? string.Join('\n', (step.Input("tags") ?? "$(Build.BuildId)").Split(['\n', ','], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(tag => $"{repository}:{tag}"))
        : step.Input("tags");

    private static bool ScansImage(string name, Step step) => name switch
    {
        "aquasecurity/trivy-action" => (step.Input("scan-type") ?? "image") is not ("fs" or "filesystem" or "repo" or "config" or "conf"),
        "anchore/scan-action" => step.Input("path") is null,
        "snyk/actions/docker" or "docker/scout-action" or "microsoftsecuritydevops" => true,
        "snyksecurityscan" => step.Input("testType") == "container",
        "trivy" => step.Input("image") is not null,
        _ => false,
    };

    private static string? Toothless(string name, Step step) => name switch
    {
        "aquasecurity/trivy-action" when step.Input("exit-code") is null or "0" => "exit-code is not set",
        "anchore/scan-action" when step.Input("fail-build") == "false" => "fail-build: false",
        "securego/gosec" when step.Input("args")?.Contains("-no-fail", StringComparison.Ordinal) == true => "-no-fail",
        "bridgecrewio/checkov-action" when step.Input("soft_fail") == "true" => "soft_fail: true",
        "actions/dependency-review-action" when step.Input("warn-only") == "true" => "warn-only: true",
        _ => null,
    };
}
