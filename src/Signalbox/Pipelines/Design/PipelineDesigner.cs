using System.Globalization;
using Signalbox.Pipelines.Portable;

namespace Signalbox.Pipelines.Design;

/// <summary>Makes the pipeline that was decided on. Each job has the least rights, a time limit, and an image or machine that is named.</summary>
internal sealed class PipelineDesigner(RepositorySurvey survey, Platform platform, DesignDecisions decisions)
{
    private static readonly TimeSpan s_short = TimeSpan.FromMinutes(15), s_long = TimeSpan.FromMinutes(30), s_longest = TimeSpan.FromMinutes(60);

    private readonly ImageScripts _image = new(platform, decisions);

    private bool InContainers => platform is Platform.GitLab or Platform.Jenkins;

    private static readonly (string, Access)[] s_none = [];

    private bool Attested => decisions.Has("provenance");

    private bool BuildsImage => survey.Dockerfile is not null && decisions.Has("image");

    public PortablePipeline Pipeline()
    {
        var checks = survey.Languages.Select(Test).Concat(Scan() is { } scan ? [scan] : []).ToList();
        var jobs = new List<PortableJob>(checks);
        if (BuildsImage)
        {
            jobs.Add(Image(checks));
            if (decisions.Has("verify")) jobs.Add(Verify());
        }
        if (decisions.Delivers && (BuildsImage || decisions.BySignalbox))
            foreach (var environment in decisions["environments"].Split(','))
                jobs.Add(decisions.BySignalbox ? Release(environment, [.. jobs.Select(j => j.Id)], jobs) : Deploy(environment, [.. jobs.Select(j => j.Id)]));
        return new()
        {
            Name = "deliver",
            // a multibranch project of Jenkins knows which branches it builds
            Triggers = [new(PortableEvent.Push) { Branches = platform == Platform.Jenkins ? null : [decisions["branch"]], Tags = [] }, new(PortableEvent.PullRequest)],
            Permissions = platform == Platform.GitHubActions ? new(Access.None, []) : null,
            // GitHub has it at each job: only there a check may be ended by a newer one, and a deployment not
            Concurrency = platform is Platform.AzurePipelines or Platform.Jenkins ? new(null, false) : null,
            Stages = platform == Platform.GitLab ? [.. jobs.Select(j => j.Stage!).Distinct()] : [],
            Jobs = jobs,
        };
    }

    private PortableJob Test(LanguageFound language)
    {
        var tool = language.Tool;
        // the chosen coverage is in the proposed script; a chosen script is written as it is
        var proposed = IsProposed(language);
        var commands = LanguageCommands.Of(language.With(decisions), int.Parse(decisions["coverage"], CultureInfo.InvariantCulture));
        var test = proposed ? commands.Test : decisions[$"{tool}.test"];
        var steps = new List<PortableStep> { new CheckoutStep() };
        if (!InContainers) steps.Add(new SetupStep(tool, PortableText.Of(tool == "dotnet" ? decisions[$"{tool}.version"] + ".x" : decisions[$"{tool}.version"])) { Name = PortableText.Of($"Set up {tool}") });
        if (decisions.Has($"{tool}.install")) steps.Add(Run(language.Lock is null ? "Install the packages" : "Install what is locked", decisions[$"{tool}.install"]));
        if (decisions.Has($"{tool}.build")) steps.Add(Run("Build", decisions[$"{tool}.build"]));
        steps.Add(Run($"Test, {decisions["coverage"]} % covered", test));
        var only = survey.Languages.Count == 1;
        // what a chosen script writes nobody knows
        if (proposed && commands.Reports.Count > 0) steps.Add(Keep("Keep the reports", only ? "reports" : $"reports-{tool}", commands.Reports) with { When = RunsWhen.Finished });
        if (only && decisions.Has($"{tool}.build") && survey.Artifacts.Count > 0) steps.Add(Keep("Keep what was built", "application", [.. survey.Artifacts.Select(artifact => artifact.Value)]));
        if (BuildsImage) steps.AddRange(Made(survey, decisions).Select(folder => Keep($"Keep {folder} for the image", BuiltName(folder), [folder + "/"])));
        return Job(only ? "test" : $"test-{tool}", "Build and test", "check", s_short) with
        {
            Container = InContainers ? new(PortableText.Of(decisions[$"{tool}.image"])) : null,
            // an image's user on Jenkins has no home of its own
            Variables = platform == Platform.Jenkins ? [new("HOME", PortableText.Of("/tmp"))] : [],
            Steps = steps,
        };
    }

    private PortableJob? Scan()
    {
        var steps = new List<PortableStep>();
        if (decisions.Has("scan.dependencies")) steps.Add(Run("Scan dependencies and configuration", ImageScripts.Blocks("fs", "--scanners vuln,misconfig /src")));
        if (decisions.Has("scan.secrets")) steps.Add(Run("Look for secrets in every commit", $"{ImageScripts.Tool(PinnedImages.Gitleaks)} git --redact --no-banner /src"));
        if (decisions.Has("scan.code")) steps.Add(Run("Scan the code", $"{ImageScripts.Tool(PinnedImages.Semgrep)} semgrep scan --config p/default --error --severity ERROR --metrics off /src"));
        if (steps.Count == 0) return null;
        // Jenkins says in the project how deep the sources are fetched
        return WithDocker(Job("scan", "Scan", "check", s_short)) with { Steps = [new CheckoutStep(Depth: platform == Platform.Jenkins ? null : 0), .. steps] };
    }

    private PortableJob Image(List<PortableJob> checks)
    {
        var steps = new List<PortableStep> { new CheckoutStep() };
        steps.AddRange(Made(survey, decisions).SelectMany(Bring));
        steps.AddRange([_image.Login(), _image.Build(survey.Dockerfile!.Value)]);
        if (decisions.Has("scan.image")) steps.Add(_image.Scan());
        steps.Add(_image.Push());
        if (decisions.Has("sbom")) steps.Add(_image.Sbom());
        if (decisions.Has("sign"))
        {
            steps.Add(_image.Sign());
            if (decisions.Has("sbom")) steps.Add(_image.AttestSbom());
        }
        if (decisions.Has("provenance")) steps.AddRange(_image.Provenance());
        steps.Add(new UploadStep(PortableText.Of("image"), [PortableText.Of("image.txt")], 30) { Name = PortableText.Of("Keep the digest") });
        var job = Job("image", "Build, sign and attest the image", "image", s_long, cancels: false);
        return WithDocker(job) with
        {
            Needs = [.. checks.Select(c => c.Id)],
            If = OnMain,
            Permissions = Rights([.. Attested ? [("attestations", Access.Write)] : s_none, ("contents", Access.Read), .. Attested || decisions["sign"] == "keyless" ? [("id-token", Access.Write)] : s_none, .. _image.IsOwnRegistry ? [("packages", Access.Write)] : s_none]),
            IdentityTokens = platform == Platform.GitLab && decisions["sign"] == "keyless" ? [new("SIGSTORE_ID_TOKEN", "sigstore")] : [],
            Variables = _image.Variables(signs: decisions["sign"] == "key"),
            Steps = steps,
        };
    }

    /// <summary>The folders that the image takes and that the one language's build makes.</summary>
    private static IEnumerable<string> Made(RepositorySurvey survey, DesignDecisions decisions) => survey.Languages is not [{ } only] || !decisions.Has($"{only.Tool}.build") ? []
        : survey.ImageNeeds.Where(need => need.Value.Contains('/') || !need.Value.Contains('.')).Select(need => need.Value.Split('/')[0]).Where(folder => folder.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.')).Distinct(StringComparer.Ordinal);

    private static string BuiltName(string folder) => $"built-{folder.TrimStart('.')}";

    private IEnumerable<PortableStep> Bring(string folder)
    {
        yield return new DownloadStep(PortableText.Of(BuiltName(folder)), null) { Name = PortableText.Of($"Bring {folder}, as it was tested") };
        // artifacts of these platforms come back without it (actions/upload-artifact, "Permission Loss")
        if (platform is Platform.GitHubActions or Platform.AzurePipelines && survey.Languages[0].Tool is not ("node" or "python")) yield return Run("Let it be run", $"chmod -R a+rx {folder}");
    }

    /// <summary>What is here and that the pipeline does nothing for: a person must.</summary>
    public static IEnumerable<CarriageNote> Left(RepositorySurvey survey, DesignDecisions decisions)
    {
        foreach (var other in survey.Undesigned)
            yield return new(Carried.Left, null, $"{other.Place}: {other.Value} is not designed: nothing of it is built, tested, measured or scanned here", "a job of your own in the file: it is kept");
        if (survey.Dockerfile is null || !decisions.Has("image")) yield break;
        var made = Made(survey, decisions).ToHashSet(StringComparer.Ordinal);
        foreach (var need in survey.ImageNeeds.Where(need => !made.Contains(need.Value.Split('/')[0])))
            yield return new(Carried.Left, null, $"{need.Place}: the image takes {need.Value}, which Git does not have and no job here makes", "a stage of the Dockerfile that makes it");
    }

    private PortableJob Verify() => WithDocker(Job("verify", "Verify the image", "verify", s_short)) with
    {
        Needs = ["image"],
        If = OnMain,
        Permissions = Rights([.. Attested ? [("attestations", Access.Read)] : s_none, ("contents", Access.Read), .. _image.IsOwnRegistry ? [("packages", Access.Read)] : s_none]),
        Variables = _image.Variables(signs: false),
        Steps = [_image.Login(), new DownloadStep(PortableText.Of("image"), null) { Name = PortableText.Of("Bring the digest") }, .. _image.Verify()],
    };

    private PortableJob Deploy(string environment, IReadOnlyList<string> before)
    {
        var scripts = new DeployScripts(survey, platform, decisions, environment);
        return Job($"deploy-{environment}", $"Deploy to {environment}", "deploy", decisions["deploy"] == "helm" ? s_long : s_longest) with
        {
            Needs = before,
            If = OnMain,
            Permissions = Rights([("contents", Access.Read), .. scripts.UsesIdentity ? [("id-token", Access.Write)] : s_none]),
            Environment = new(PortableText.Of(environment), null),
            Concurrency = platform is Platform.GitHubActions or Platform.GitLab ? new(PortableText.Of($"deploy-{environment}"), false) : null,
            Container = InContainers ? new(PortableText.Of(PinnedImages.Kubernetes)) { Options = platform == Platform.Jenkins ? "--entrypoint=" : null, ClearsEntrypoint = true } : null,
            IdentityTokens = scripts.Tokens,
            // an image's user on Jenkins has no home of its own
            Variables = platform == Platform.Jenkins ? [new("HOME", PortableText.Of("/tmp")), .. scripts.Variables] : scripts.Variables,
            Steps = [new CheckoutStep(), .. SignalboxScripts.Clean(platform), new DownloadStep(PortableText.Of("image"), null) { Name = PortableText.Of("Bring the digest") }, .. scripts.Steps],
        };
    }

    /// <summary>The first environment gets a release of what was built and tested; each further one gets that release.</summary>
    private PortableJob Release(string environment, IReadOnlyList<string> before, IReadOnlyList<PortableJob> jobs)
    {
        var scripts = new SignalboxScripts(survey, platform, decisions);
        var environments = decisions["environments"].Split(',');
        var first = environment == environments[0];
        var kept = jobs.SelectMany(j => j.Steps).OfType<UploadStep>().Where(u => first ? u.ArtifactName.Literal != "image" : u.ArtifactName.Literal == "release").Select(u => u.ArtifactName);
        var steps = new List<PortableStep>(kept.Select(name => new DownloadStep(name, null) { Name = PortableText.Of($"Bring the {name.Literal}") })) { scripts.Fetch() };
        // all commits since the last release count for how long a change took
        if (first)
        {
            steps.InsertRange(0, SignalboxScripts.Clean(platform));
            steps.Insert(0, new CheckoutStep(Depth: platform == Platform.Jenkins ? null : 0));
        }
        steps.Add(first ? scripts.Deploy(environment, Reports) : scripts.Promote(environment));
        if (first && environments.Length > 1) steps.Add(Keep("Keep which release it is", "release", [SignalboxScripts.ReleaseFile]));
        return Job($"deploy-{environment}", $"Deploy to {environment}", "deploy", s_longest) with
        {
            Needs = before,
            If = OnMain,
            Permissions = Rights([("contents", Access.Read), .. scripts.ByIdentity ? [("id-token", Access.Write)] : s_none]),
            Environment = new(PortableText.Of(environment), null),
            Concurrency = platform is Platform.GitHubActions or Platform.GitLab ? new(PortableText.Of($"deploy-{environment}"), false) : null,
            Container = InContainers ? new(PortableText.Of(scripts.Image)) : null,
            IdentityTokens = scripts.Tokens,
            // an image's user on Jenkins has no home of its own
            Variables = platform == Platform.Jenkins ? [new("HOME", PortableText.Of("/tmp")), .. scripts.Variables] : scripts.Variables,
            Steps = steps,
        };
    }

    /// <summary>What all languages' tests write, as far as that is known.</summary>
    private IReadOnlyList<string> Reports => [.. survey.Languages.Where(IsProposed).SelectMany(language => LanguageCommands.Of(language.With(decisions), 80).Reports)];

    private bool IsProposed(LanguageFound language) => LanguageCommands.Of(language.With(decisions), 80).Test == decisions[$"{language.Tool}.test"];

    private PortableCondition OnMain => new RefIs(false, decisions["branch"]);

    private PortablePermissions? Rights(params (string Name, Access Access)[] scopes) => platform == Platform.GitHubActions ? new(null, scopes) : null;

    private PortableJob Job(string id, string name, string stage, TimeSpan timeout, bool cancels = true) => new()
    {
        Id = id,
        Name = name,
        Stage = stage,
        Timeout = timeout,
        Runner = platform == Platform.Jenkins ? new(RunnerSystem.Linux, [PortableText.Of("docker")], true) : PortableRunner.Default,
        Permissions = Rights(("contents", Access.Read)),
        Concurrency = platform == Platform.GitHubActions ? new(PortableText.Of([new($"{id}-", null), new(null, new(ReferenceKind.Ref))]), cancels) : null,
    };

    private PortableJob WithDocker(PortableJob job) => platform != Platform.GitLab ? job : job with
    {
        Container = new(PortableText.Of(PinnedImages.Docker)),
        Services = [new(PortableText.Of(PinnedImages.Docker), "docker")],
    };

    private static UploadStep Keep(string name, string artifact, IReadOnlyList<string> paths) =>
        new(PortableText.Of(artifact), [.. paths.Select(path => PortableText.Of(path))], 30) { Name = PortableText.Of(name) };

    private static RunStep Run(string name, string script) => new(PortableText.Of(script)) { Name = PortableText.Of(name) };
}
