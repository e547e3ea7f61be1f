using System.Collections.Immutable;
using Signalbox.Pipelines.Shell;

namespace Signalbox.Pipelines;

/// <summary>What a shell command does for delivery, by the tool and its verb.</summary>
internal static class CommandMeaning
{
    /// <param name="Prints">Whether its output says what its exit code does not: whatever reads that may stop the pipeline all the same.</param>
    /// <param name="Tool">The tool that does it, where another program launches it; else null.</param>
    /// <param name="IsOfImage">Whether a scan looks at an image.</param>
    public sealed record Meaning(ActivityKind Kind, string? Subject = null, string? Toothless = null, bool Prints = false, string? Tool = null, bool IsOfImage = false);

    /// <summary>What a command does; of a program that launches another, what that does.</summary>
    public static Meaning? Of(ShellCommand command)
    {
        Meaning? found = null;
        foreach (var launched in LaunchedTool.In(command))
            if (OfTool(launched) is { } meaning) found = meaning with { Tool = launched.Program };
        return found ?? OfTool(command);
    }

    private static Meaning? OfTool(ShellCommand command) => ScanMeaning.Of(command) ?? command.Program switch
    {
        "" => null,
        "kubectl" or "oc" => Kubectl(command),
        "helm" => Helm(command),
        "docker" or "podman" or "nerdctl" or "buildah" => Containers(command),
        "buildctl" or "buildctl-daemonless.sh" when command.Verb == "build" => new(Pushes(command) ? ActivityKind.PublishImage : ActivityKind.BuildImage, OutputName(command)),
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
        "scout" or "scan" => new(ActivityKind.Scan, IsOfImage: true),
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

    /// <summary>A tool that is started in its own image means what it would mean beside it.</summary>
    private static Meaning? Contained(ShellCommand command)
    {
        if (command.Has("--entrypoint")) return null;
        if (DockerRun.Image(command) is not (>= 0 and var at)) return null;
        var words = command.Arguments;
        var image = words[at].Text.Split('@')[0];
        var tool = image[(image.LastIndexOf('/') + 1)..].Split(':')[0];
        if (!s_tools.Contains(tool)) return null;
        ImmutableArray<ShellWord> rest = words[(at + 1)..];
        return OfTool(new ShellCommand(rest is [{ Text: var first }, ..] && first == tool ? rest : [words[at] with { Text = tool }, .. rest], command.Range, command.Link, command.Redirects, command.HereDocument, command.Depth));
    }

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
        (_, "deploy" or "up") when command.Has("--dry-run") || command.Has("--build-only") => null,
        // vercel.com/docs/cli/deploy, docs.netlify.com/api-and-cli-guides: without it, a preview under an address of its own
        ("vercel", null or "deploy" or ['$' or '.', ..]) => command.Has("--prod") || (command.Value("--target") is { } target && target != "preview") ? new(ActivityKind.Deploy) : null,
        ("netlify", "deploy") => command.Has("--prod") || command.Has("--prod-if-unlocked") || command.Has("-p") ? new(ActivityKind.Deploy) : null,
        ("vercel", "promote") => new(ActivityKind.Deploy),
        ("wrangler", "pages") => command.Is("wrangler", "pages", "deploy") || command.Is("wrangler", "pages", "publish") ? new(ActivityKind.Deploy) : null,
        (_, "deploy" or "up" or "publish" or "release") => new(ActivityKind.Deploy),
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
