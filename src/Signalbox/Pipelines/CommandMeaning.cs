using System.Collections.Immutable;
using Signalbox.Pipelines.Shell;

namespace Signalbox.Pipelines;

/// <summary>What a shell command does for delivery, by the tool and its verb.</summary>
internal static class CommandMeaning
{
    public sealed record Meaning(ActivityKind Kind, string? Subject = null, string? Toothless = null);

    public static Meaning? Of(ShellCommand command) => command.Program switch
    {
        "" => null,
        "kubectl" or "oc" => Kubectl(command),
        "helm" => Helm(command),
        "docker" or "podman" or "nerdctl" or "buildah" => Containers(command),
        "buildctl" or "buildctl-daemonless.sh" when command.Verb == "build" => new(Pushes(command) ? ActivityKind.PublishImage : ActivityKind.BuildImage, OutputName(command)),
        "trivy" or "grype" or "snyk" or "clair" or "osv-scanner" or "semgrep" or "checkov" or "gitleaks" or "trufflehog" or "dockle"
            or "bandit" or "gosec" or "govulncheck" or "brakeman" or "pip-audit" => Scan(command),
        "safety" when command.Verb is "check" or "scan" => Scan(command),
        "syft" or "cdxgen" or "cyclonedx" => new(ActivityKind.Sbom),
        "cosign" or "notation" => Sign(command),
        "terraform" or "tofu" or "terragrunt" when command.Verb == "apply" => new(ActivityKind.Deploy),
        "argocd" when command.Is("argocd", "app", "sync") => new(ActivityKind.Deploy, Second(command, 2)),
        "argocd" when command.Is("argocd", "app", "rollback") => new(ActivityKind.Rollback),
        "argocd" when command.Is("argocd", "app", "wait") => new(ActivityKind.Verify),
        "signalbox" => Signalbox(command),
        "flyctl" or "fly" or "vercel" or "netlify" or "wrangler" or "firebase" or "serverless" or "sls" or "cdk" or "eb" or "pulumi" or "ansible-playbook" or "kamal" => Platform(command),
        "aws" or "gcloud" or "az" or "heroku" => Cloud(command),
        "npm" or "yarn" or "pnpm" or "twine" or "cargo" or "gem" or "dotnet" or "mvn" or "gradle" or "gradlew" or "mvnw" or "go" or "make" or "pytest" or "poetry" or "uv" => Build(command),
        _ => null,
    };

    private static Meaning? Kubectl(ShellCommand command) => command.Verb switch
    {
        // what a deployment needs around it, or what is cleaned up, is none
        "create" when Second(command, 1) is "namespace" or "ns" or "secret" or "configmap" or "cm" or "serviceaccount" or "sa" or "token" => null,
        "apply" or "create" or "replace" or "patch" when !DryRun(command) => new(ActivityKind.Deploy),
        "set" when command.Is(command.Program, "set", "image") => new(ActivityKind.Deploy, Image(command)),
        "scale" or "run" or "expose" => new(ActivityKind.Deploy),
        "rollout" => Second(command, 1) switch
        {
            "status" => new(ActivityKind.Verify),
            "undo" => new(ActivityKind.Rollback),
            "restart" => new(ActivityKind.Deploy),
            _ => null,
        },
        "wait" => new(ActivityKind.Verify),
        _ => null,
    };

    private static Meaning? Helm(ShellCommand command) => command.Verb switch
    {
        "upgrade" or "install" when !DryRun(command) => new(ActivityKind.Deploy, Second(command, 1)),
        "rollback" => new(ActivityKind.Rollback),
        "test" or "status" => new(ActivityKind.Verify),
        "push" => new(ActivityKind.Publish),
        _ => null,
    };

    private static Meaning? Containers(ShellCommand command) => command.Verb switch
    {
        "build" or "bud" => new(ActivityKind.BuildImage, command.Value("-t") ?? command.Value("--tag")),
        "buildx" when command.Is(command.Program, "buildx", "build") => new(Pushes(command) ? ActivityKind.PublishImage : ActivityKind.BuildImage, command.Value("-t") ?? command.Value("--tag") ?? OutputName(command)),
        "push" => new(ActivityKind.PublishImage, Second(command, 1)),
        "login" => new(ActivityKind.Login),
        "run" => Contained(command),
        "scout" or "scan" => new(ActivityKind.Scan),
        "stack" when command.Is(command.Program, "stack", "deploy") => new(ActivityKind.Deploy),
        "service" when command.Is(command.Program, "service", "update") => new(ActivityKind.Deploy, command.Value("--image")),
        _ => null,
    };

    // docs.docker.com, "docker buildx build --output": what the builder does with the image
    private static bool Pushes(ShellCommand command) =>
        command.Has("--push") || Output(command).Any(o => o is "push=true" or "type=registry");

    private static string? OutputName(ShellCommand command) => Output(command).FirstOrDefault(o => o.StartsWith("name=", StringComparison.Ordinal))?["name=".Length..];

    private static string[] Output(ShellCommand command) => (command.Value("--output") ?? command.Value("-o"))?.Split(',') ?? [];

    // tools whose images start them, by the last part of the image's name
    private static readonly string[] s_tools = ["trivy", "grype", "gitleaks", "trufflehog", "semgrep", "osv-scanner", "syft", "cosign"];

    // docs.docker.com, "docker container run": options that take no value
    private static readonly string[] s_switches = ["--detach", "--init", "--interactive", "--no-healthcheck", "--privileged", "--publish-all", "--quiet", "--read-only", "--rm", "--sig-proxy", "--tty"];

    /// <summary>A tool that is started in its own image means what it would mean beside it.</summary>
    private static Meaning? Contained(ShellCommand command)
    {
        if (command.Has("--entrypoint")) return null;
        var words = command.Arguments;
        var at = 1;
        for (; at < words.Length && words[at].Text.StartsWith('-'); at++)
            if (!words[at].Text.Contains('=') && !s_switches.Contains(words[at].Text) && !IsSwitches(words[at].Text)) at++;
        if (at >= words.Length || words[0].Text != "run") return null;
        var image = words[at].Text.Split('@')[0];
        var tool = image[(image.LastIndexOf('/') + 1)..].Split(':')[0];
        if (!s_tools.Contains(tool)) return null;
        ImmutableArray<ShellWord> rest = words[(at + 1)..];
        return Of(new ShellCommand(rest is [{ Text: var first }, ..] && first == tool ? rest : [words[at] with { Text = tool }, .. rest], command.Range, command.Link, command.Redirects, command.HereDocument, command.Depth));
    }

    private static bool IsSwitches(string option) => option.Length > 1 && option[1] != '-' && !option.AsSpan(1).ContainsAnyExcept("ditqP".AsSpan());

    private static Meaning? Scan(ShellCommand command) => command.Program switch
    {
        "trivy" when command.Verb is "version" or "plugin" => null,
        "trivy" when command.Value("--format") is "cyclonedx" or "spdx" or "spdx-json" => new(ActivityKind.Sbom, command.Last),
        "trivy" => new(ActivityKind.Scan, command.Last, command.Value("--exit-code") is null or "0" ? "no --exit-code" : null),
        "grype" => new(ActivityKind.Scan, command.Verb, command.Has("--fail-on") || command.Has("-f") ? null : "no --fail-on"),
        _ => new(ActivityKind.Scan, command.Verb),
    };

    private static Meaning? Sign(ShellCommand command) => command.Verb switch
    {
        "sign" or "sign-blob" => new(ActivityKind.Sign, command.Last),
        "attest" or "attest-blob" => new(ActivityKind.Attest, command.Last),
        "verify" or "verify-attestation" => new(ActivityKind.Verify),
        _ => null,
    };

    private static Meaning? Signalbox(ShellCommand command) => command.Verb switch
    {
        "deploy" or "up" => new(ActivityKind.Deploy),
        "release" when command.Is("signalbox", "release", "promote") => new(ActivityKind.Deploy, Second(command, 2)),
        "rollback" => new(ActivityKind.Rollback),
        "sbom" => new(ActivityKind.Sbom),
        "sign" => new(ActivityKind.Sign),
        "attest" => new(ActivityKind.Attest),
        "verify" => new(ActivityKind.Verify),
        _ => null,
    };

    private static Meaning? Platform(ShellCommand command) => (command.Program, command.Verb) switch
    {
        // docs.ansible.com, "ansible-playbook": only read, shown, or played on the machine that runs it
        ("ansible-playbook", _) when command.Arguments.Any(a => a.Text is "--syntax-check" or "--check" or "-C" or "--version" || a.Text.StartsWith("--list-", StringComparison.Ordinal)) => null,
        ("ansible-playbook", _) when (command.Value("--connection") ?? command.Value("-c")) == "local" => null,
        // a playbook that lies among the tests makes and breaks machines for them
        ("ansible-playbook", _) => command.Arguments.Any(a => a.Text.Split('/') is [.. var folders, _] && folders.Any(f => f is "test" or "tests" or "molecule")) ? null : new(ActivityKind.Deploy),
        (_, "deploy" or "up" or "publish" or "release") => new(ActivityKind.Deploy),
        ("vercel", null) => new(ActivityKind.Deploy),
        (_, "rollback") => new(ActivityKind.Rollback),
        _ => null,
    };

    private static Meaning? Cloud(ShellCommand command)
    {
        var words = string.Join(' ', command.Arguments.Where(w => !w.Text.StartsWith('-')).Take(4).Select(w => w.Text));
        ReadOnlySpan<string> deploys =
        [
            "ecs update-service", "ecs deploy", "lambda update-function-code", "cloudformation deploy", "cloudformation update-stack", "deploy create-deployment",
            "s3 sync", "run deploy", "app deploy", "functions deploy", "webapp up", "webapp deploy", "webapp deployment", "containerapp update", "containerapp up",
            "functionapp deployment", "container:release", "elasticbeanstalk update-environment",
        ];
        foreach (var deploy in deploys)
            if (words.StartsWith(deploy, StringComparison.Ordinal)) return new(ActivityKind.Deploy);
        return words.StartsWith("container:push", StringComparison.Ordinal) ? new(ActivityKind.PublishImage) : null;
    }

    private static Meaning? Build(ShellCommand command) => command.Verb switch
    {
        "publish" or "upload" when command.Program is not ("dotnet" or "gradle" or "gradlew") => new(ActivityKind.Publish),
        "deploy" when command.Program is "mvn" or "mvnw" => new(ActivityKind.Publish),
        "push" when command.Program is "gem" or "dotnet" => new(ActivityKind.Publish),
        "nuget" when command.Is("dotnet", "nuget", "push") => new(ActivityKind.Publish),
        "test" or "check" or "verify" => new(ActivityKind.Test),
        "run" when Second(command, 1)?.StartsWith("test", StringComparison.Ordinal) == true => new(ActivityKind.Test),
        _ when command.Program == "pytest" => new(ActivityKind.Test),
        "build" or "package" or "pack" or "assemble" or "install" or "publish" => new(ActivityKind.Build),
        "run" => new(ActivityKind.Build),
        _ => null,
    };

    private static bool DryRun(ShellCommand command) => command.Has("--dry-run") && command.Value("--dry-run") != "none";

    private static string? Image(ShellCommand command) =>
        command.Arguments.Select(w => w.Text).LastOrDefault(w => w.IndexOf('=') > 0 && !w.StartsWith('-')) is { } pair ? pair[(pair.IndexOf('=') + 1)..] : null;

    private static string? Second(ShellCommand command, int index) =>
        command.Arguments.Where(w => !w.Text.StartsWith('-')).Skip(index).FirstOrDefault()?.Text;
}
