using System.Globalization;
using System.Text.RegularExpressions;
using Signalbox.Pipelines.Portable;
using Signalbox.Pipelines.Writing;

namespace Signalbox.Pipelines.AzurePipelines.Portable;

/// <summary>Writes the steps of a job.</summary>
/// <param name="lost">What a person must see to before the job may go on; each is a failing step at the beginning.</param>
/// <param name="root">Where the files of what is brought were.</param>
internal sealed partial class AzureStepWriter(PortableJob job, Func<DownloadStep, string?> root, List<string> lost, AzureText text, CarriageLog log)
{
    private const string Python = "PythonScript@0";

    /// <param name="deploys">Whether it is a deployment, which fetches the sources only where it says so.</param>
    /// <param name="kept">Whether there are artifacts, which a deployment brings where it does not say otherwise.</param>
    public IReadOnlyList<YamlOut> Steps(bool deploys, bool kept)
    {
        var steps = job.Steps.SelectMany(Step).ToList();
        steps.InsertRange(0, lost.Select(m => new OutMap().Add("script", AzureReferences.Script(LeftStep.Script(m), text.IsKnown)).Add("displayName", "Left for a person")));
        if (deploys && kept && !job.Steps.Any(s => s is DownloadStep)) steps.Insert(0, new OutMap().Add("download", "none"));
        if (!deploys && !job.Steps.Any(s => s is CheckoutStep)) steps.Insert(0, new OutMap().Add("checkout", "none"));
        if (deploys && steps.Count == 0) steps.Add(new OutMap().Add("script", ":"));
        return [.. steps];
    }

    private IEnumerable<OutMap> Step(PortableStep step)
    {
        JobToken.Say(step, Platform.AzurePipelines, log);
        if (step is not ForeignStep && !(step is RunStep run && Key(run) is null) && !(step is LoginStep login && JobToken.GoesElsewhere(login, Platform.AzurePipelines))) log.Whole(step.Source, LeftStep.Name(step));
        var maps = Body(step).ToList();
        // a name is one step's
        foreach (var (i, map) in maps.Index()) yield return Rest(map, i + 1 < maps.Count ? step with { Id = null } : step);
    }

    private OutMap Rest(OutMap map, PortableStep step)
    {
        map.Add("displayName", step.Name is { } name ? text.Value(name, step.Source) : null).Add("name", step.Id is { } id ? Names.Variable(id) : null);
        if (AzureConditions.Problem(step.If) is { } problem)
        {
            log.Left(step.Source, $"the condition of a step is not carried: {problem}", "write it as condition:, and take the failing step out");
            lost.Add($"the condition of a step could not be carried: {problem}");
        }
        else map.Add("condition", AzureConditions.Write(step.When, takenAlong: true, step.If, n => n));
        if (step.FailureIgnored) map.Add("continueOnError", true);
        map.Add("timeoutInMinutes", step.Timeout is { } time ? (long)Math.Ceiling(time.TotalMinutes) : null);
        // what runs however the job ended is not tried again with it
        var ofJob = step is RunStep { When: RunsWhen.Succeeded } ? job.Retries : 0;
        if (ofJob > 0) log.Changed(step.Source, "the step is tried again, not the job");
        if (Math.Max(ofJob, step.Retries) is > 0 and var retries) map.Add("retryCountOnTaskFailure", retries);
        return map.Add("env", text.Environment([.. Needed(step).Where(n => step.Variables.All(v => v.Name != n.Name)), .. step.Variables]));
    }

    // a variable whose name has small letters is in the shell in capitals; a secret is not there at all
    private IEnumerable<PortableVariable> Needed(PortableStep step)
    {
        if (step is RunStep { IsPosix: true } run)
            foreach (var variable in job.Variables.Concat(text.Declared))
                if ((variable.Name.Any(char.IsLower) || IsSecret(variable)) && run.Script.Parts.Any(p => p.Literal?.Contains(variable.Name, StringComparison.Ordinal) == true))
                    yield return new(variable.Name, PortableText.Of(new PortableReference(ReferenceKind.Variable, variable.Name)), step.Source);
        foreach (var reference in DockerCommands.Texts(step).SelectMany(t => t.References))
            if (ReferenceTable.Shell(reference.Kind, Platform.AzurePipelines) is null) yield return new(Name(reference), PortableText.Of(reference), step.Source);
    }

    private static bool IsSecret(PortableVariable variable) => variable.Value.References.Any(r => r.Kind == ReferenceKind.Secret);

    private IEnumerable<OutMap> Body(PortableStep step)
    {
        switch (step)
        {
            case RunStep run: yield return Run(run); break;
            case CheckoutStep checkout:
                yield return new OutMap().Add("checkout", "self").Add("fetchDepth", checkout.Depth).Add("submodules", checkout.Submodules is { } kind ? kind == "true" ? new OutPlain(kind) : new OutText(kind) : null)
                    .Add("lfs", checkout.Lfs ? new OutPlain("true") : null).Add("persistCredentials", checkout.KeepsCredentials ? new OutPlain("true") : null);
                break;
            case SetupStep setup: yield return Setup(setup); break;
            case CacheStep cache: foreach (var path in cache.Paths) yield return Cache(cache, path); break;
            case UploadStep upload: foreach (var map in Upload(upload)) yield return map; break;
            case ReportStep { Kind: "junit" } tests: yield return Task("PublishTestResults@2", ("testResultsFormat", "JUnit"), ("testResultsFiles", string.Join('\n', tests.Paths.Select(p => Say(p, step))))); break;
            case ReportStep coverage: yield return Task("PublishCodeCoverageResults@2", ("summaryFileLocation", string.Join('\n', coverage.Paths.Select(p => Say(p, step))))); break;
            case DownloadStep download: yield return Task("DownloadPipelineArtifact@2", ("artifactName", Say(download.ArtifactName, step)), ("targetPath", download.Folder is { } folder ? Say(folder, step) : root(download) is { } was && was != "." ? $"$(Build.SourcesDirectory)/{was}" : "$(Build.SourcesDirectory)")); break;
            case LoginStep login when JobToken.GoesElsewhere(login, Platform.AzurePipelines):
                log.Left(step.Source, JobToken.Refused(login, Platform.AzurePipelines), JobToken.Instead);
                yield return new OutMap().Add("script", LeftStep.Script(JobToken.Refused(login, Platform.AzurePipelines)));
                break;
            case LoginStep or ImageStep: yield return new OutMap().Add("bash", new OutText(AzureShell.Azure(string.Join('\n', DockerCommands.Of(step, Word)), bash: false))); break;
            case ForeignStep { Platform: Platform.AzurePipelines } foreign:
                log.Whole(step.Source, $"uses {foreign.Uses}");
                yield return foreign.Uses.StartsWith("./", StringComparison.Ordinal) ? new OutMap().Add("template", foreign.Uses[2..]) : AzureShortcuts.Write(foreign, i => text.Value(i.Value, step.Source)) ?? Task(foreign.Uses, [.. foreign.Inputs.Select(i => (i.Name, (string?)text.Value(i.Value, step.Source)))]);
                break;
            case ForeignStep foreign:
                log.Left(step.Source, $"{foreign.Uses} is not carried", "do what it does with commands");
                yield return new OutMap().Add("bash", AzureReferences.Script(LeftStep.Script(LeftStep.Of(foreign)), text.IsKnown));
                break;
        }
    }

    private static string Word(PortableText value) => ShellText.Word(value, r => ReferenceTable.Shell(r.Kind, Platform.AzurePipelines) ?? Name(r));

    // the variable that hands a value over to a command
    private static string Name(PortableReference reference) => Names.Variable(reference switch
    {
        { Kind: ReferenceKind.Token } => "SYSTEM_ACCESSTOKEN",
        { Of: { } of } => $"{of}_{reference.Name}",
        { Kind: ReferenceKind.Foreign } => "EXPRESSION",
        _ => reference.Name ?? reference.Kind.ToString(),
    });

    private OutMap Run(RunStep run)
    {
        var missing = run.Script.References.Where(r => Script(r, run) is null || r.Kind == ReferenceKind.JobOutput && !text.CanSay(r)).Select(r => r.Name ?? r.Kind.ToString()).Distinct().ToList();
        foreach (var name in missing) log.Left(run.Source, $"{name} is not set on Azure", "see what the script takes from it");
        var script = run.Script.Render(l => AzureReferences.Script(l, text.IsKnown), r => Script(r, run) ?? AzureReferences.Literal(LeftStep.Unset(r)));
        if (missing.Count > 0) script = $"{AzureReferences.Script(LeftStep.Script($"{string.Join(", ", missing)}: not set on Azure"), text.IsKnown)}\n{script}";
        if (Key(run) is not { } key)
        {
            log.Left(run.Source, $"a script for the shell {run.Shell} is not carried", "write it into a file, and run that");
            return new OutMap().Add("script", LeftStep.Script($"a script for the shell {run.Shell}"));
        }
        if (key == Python) return Task(key, ("scriptSource", "inline"), ("script", script), ("workingDirectory", Say(run.Folder, run)));
        if (run.IsPosix) script = AzureShell.Azure(script, run.Shell == "bash");
        if (run.IsPosix && run.Script.References.Any(r => r.Kind == ReferenceKind.OutputFile)) script = AzureShell.HandsOver(script);
        return new OutMap().Add(key, new OutText(script.Length == 0 ? ":" : script)).Add("workingDirectory", Say(run.Folder, run));
    }

    /// <summary>The step that runs a script; null where none does.</summary>
    private string? Key(RunStep run) => run.Shell switch
    {
        "bash" or "pwsh" or "powershell" => run.Shell,
        "python" => Python,
        null when job.Runner.System == RunnerSystem.Windows => "pwsh",
        "sh" or null or "cmd" => "script",
        _ => null,
    };

    private static string? Script(PortableReference reference, RunStep run)
    {
        if (reference.InText) return AzureReferences.Macro(reference);
        if (run.IsPosix && reference.Kind == ReferenceKind.OutputFile) return ShellText.Variable(reference, AzureShell.Outputs);
        if (run.IsPosix && ReferenceTable.Shell(reference.Kind, Platform.AzurePipelines) is { } variable) return ShellText.Variable(reference, variable);
        if (run.IsPosix && reference is { Kind: ReferenceKind.Foreign, Platform: Platform.AzurePipelines, Name: { } name } && !name.StartsWith('$')) return ShellText.Variable(reference, name);
        return reference.Bare ? reference is { Kind: ReferenceKind.Axis or ReferenceKind.Variable, Name: { } bare } ? Names.Variable(bare).ToUpperInvariant() : null : AzureReferences.Macro(reference);
    }

    private OutMap Setup(SetupStep setup)
    {
        if (setup.Cache is not null) log.Changed(setup.Source, $"the downloads of {setup.Cache} are not kept", "a Cache@2 step");
        // learn.microsoft.com, GoTool@0: a version by its number alone
        if (setup.Tool == "go" && MatrixValues.Of(setup.Version, job.Matrix).FirstOrDefault(v => !GoNumber().IsMatch(v)) is { } word)
        {
            log.Left(setup.Source, $"go {word} is not set up: the task takes a version by its number", "GoTool@0 with a version by its number");
            return new OutMap().Add("script", LeftStep.Script($"go {word} is not set up"));
        }
        var version = Say(setup.Version, setup);
        return setup.Tool switch
        {
            "node" => Task("NodeTool@0", ("versionSpec", version)),
            "python" => Task("UsePythonVersion@0", ("versionSpec", version)),
            // the version that the repository asks for
            "dotnet" when version is null => new OutMap().Add("task", "UseDotNet@2").Add("inputs", new OutMap().Add("packageType", "sdk").Add("useGlobalJson", true)),
            "dotnet" => Task("UseDotNet@2", ("packageType", "sdk"), ("version", version)),
            "go" => Task("GoTool@0", ("version", version)),
            _ => Task("JavaToolInstaller@0", ("versionSpec", version), ("jdkArchitectureOption", "x64"), ("jdkSourceOption", "PreInstalled")),
        };
    }

    private OutMap Cache(CacheStep cache, PortableText path)
    {
        var key = Say(cache.Key, cache)!.TrimEnd('-');
        return Task("Cache@2",
            ("key", string.Join(" | ", [$"\"{key.Replace("\"", "", StringComparison.Ordinal)}\"", .. cache.KeyFiles])),
            ("restoreKeys", cache.RestoreKeys.Count == 0 ? null : string.Join('\n', cache.RestoreKeys.Select(k => $"\"{Say(k, cache)!.TrimEnd('-').Replace("\"", "", StringComparison.Ordinal)}\""))),
            ("path", Say(path, cache)));
    }

    private IEnumerable<OutMap> Upload(UploadStep upload)
    {
        if (upload.RetentionDays is not null) log.Changed(upload.Source, "how long the artifact is kept is the project's", "Project settings > Pipelines > Settings");
        var name = Say(upload.ArtifactName, upload)!;
        if (AzureArtifacts.HasPatterns(upload))
        {
            var root = ArtifactRoot.Of(upload) is { } common && common != "." ? common : null;
            yield return Task("CopyFiles@2", ("SourceFolder", root), ("Contents", string.Join('\n', AzureArtifacts.Contents(upload, root).Select(c => Say(c, upload)))), ("TargetFolder", AzureArtifacts.Folder(name)));
            yield return new OutMap().Add("publish", AzureArtifacts.Folder(name)).Add("artifact", name);
            yield break;
        }
        if (upload.Paths.Count > 1) log.Changed(upload.Source, $"the artifact {name} is one for each of its {upload.Paths.Count} paths");
        foreach (var (path, i) in upload.Paths.Select((p, i) => (p, i)))
            yield return new OutMap().Add("publish", Say(path, upload)).Add("artifact", i == 0 ? name : $"{name}-{(i + 1).ToString(CultureInfo.InvariantCulture)}");
    }

    private static OutMap Task(string task, params (string Name, string? Value)[] inputs)
    {
        var with = new OutMap();
        foreach (var (name, value) in inputs) with.Add(name, value);
        return new OutMap().Add("task", task).Add("inputs", with);
    }

    private string? Say(PortableText? value, PortableStep step) => value is null ? null : text.Value(value, step.Source);

    [GeneratedRegex(@"^\d{1,4}(?:\.\d{1,4}){0,2}$")]
    private static partial Regex GoNumber();
}
