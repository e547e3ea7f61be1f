using System.Text.RegularExpressions;
using Signalbox.Pipelines.GitHubActions;
using Signalbox.Pipelines.Portable;
using Signalbox.Yaml;

namespace Signalbox.Pipelines.AzurePipelines.Portable;

/// <summary>The meaning of steps: scripts, well-known tasks, and the rest as what only Azure has.</summary>
/// <param name="windows">Whether the job runs on Windows, where a script is the command prompt's.</param>
internal sealed class AzureStepImport(AzureReferences references, bool windows, AzureInsertions insertions, CarriageLog log)
{
    private static readonly string[] s_keys =
    [
        "script", "bash", "pwsh", "powershell", "task", "checkout", "download", "publish", "upload", "template", "inputs", "name", "displayName", "condition", "continueOnError", "env", "timeoutInMinutes", "workingDirectory",
        "retryCountOnTaskFailure", "enabled", "fetchDepth", "submodules", "lfs", "persistCredentials", "clean", "artifact", "path", "parameters", "failOnStderr", "fetchTags",
    ];

    public IReadOnlyList<PortableStep> ReadAll(Job job)
    {
        var enabled = job.Steps.Where(s => s.Uses is not { Name: "ManualValidation" or "ManualIntervention" } && s.Node.Boolean("enabled") != false).ToList();
        var steps = new List<PortableStep>();
        for (var i = 0; i < enabled.Count; i++)
        {
            var copied = AzureArtifacts.Copied(enabled[i], enabled.ElementAtOrDefault(i + 1));
            if (Read(enabled[copied is null ? i : ++i], job) is not { } step) continue;
            steps.Add(copied is not null && step is UploadStep upload ? upload with { Paths = [.. copied.Select(p => references.Read(p))] } : step);
        }
        // a job fetches the sources where it does not say otherwise, a deployment does not
        var said = job.Steps.Any(s => s.Node.Get("checkout") is not null);
        return said || job.Node.Get("deployment") is not null || steps.Count == 0 ? steps : [new CheckoutStep { Source = job.Range }, .. steps];
    }

    private PortableStep? Read(Step step, Job job)
    {
        var node = (YamlMapping)step.Node!;
        if (node.Text("checkout") == "none" || node.Text("download") == "none") return null;
        foreach (var entry in node.Entries().Where(e => !s_keys.Contains(e.Key.Value) && !AzureShortcuts.IsPart(node, e))) log.Left(entry.Range, $"{entry.Key.Value}: of a step is not carried");
        if (node.Boolean("failOnStderr") == true) log.Left(step.Range, "failOnStderr: is not carried", "let the command's own exit code say it");
        var (when, _, condition) = AzureConditions.Read(step.Condition is { } said ? [said.Text] : []);
        if (when == RunsWhen.Succeeded && AfterFailure(job).Any(n => node!.Range.Start >= n.Start && node.Range.End <= n.End)) when = RunsWhen.Failed;
        var read = Body(step);
        return read with
        {
            Id = step.Id,
            Name = step.Name is { } name ? references.Read(name) : null,
            When = when,
            If = PortableCondition.All(condition, insertions.Condition(node, job.Node)),
            FailureIgnored = step.FailureIgnored is { Always: true },
            Retries = (int?)node.Number("retryCountOnTaskFailure") is > 0 and var count ? count : 0,
            Timeout = GitHubJobReader.Minutes(node.Text("timeoutInMinutes")) is { } time && time > TimeSpan.Zero ? time : null,
            // a variable under its own name is what the shell has anyway
            Variables = [.. AzureImport.Variables(step.Variables, references).Where(v => v.Value.Parts is not [{ Reference: { Kind: ReferenceKind.Variable } same }] || same.Name != v.Name), .. read.Variables],
            Source = step.Range,
        };
    }

    // the steps of a deployment that stand under on: failure:
    private static IEnumerable<TextRange> AfterFailure(Job job) =>
        job.Node.Get("strategy").Entries().Select(s => s.Value.Get("on").Get("failure")).OfType<YamlNode>().Select(n => n.Range);

    private PortableStep Body(Step step)
    {
        if (step.Node.Get("script") is not null || step.Node.Get("bash") is not null || step.Node.Get("pwsh") is not null || step.Node.Get("powershell") is not null)
            return Run(step, step.Script!, step.Node.Get("script") is null ? step.Shell : windows ? "cmd" : null, step.Node.Text("workingDirectory"));
        var name = step.Uses?.Name.ToLowerInvariant() ?? "";
        return Known(step, name) ?? AzureShortcuts.Read((YamlMapping)step.Node!, references) ?? new ForeignStep(Platform.AzurePipelines, step.Uses is { } uses ? uses.Ref is null ? uses.Name : $"{uses.Name}@{uses.Ref}" : name, AzureImport.Variables(step.Inputs, references));
    }

    private RunStep Run(Step step, Script script, string? shell, string? folder)
    {
        var run = new RunStep(PortableText.Of(script.Text.TrimEnd('\n', ' ')), shell, folder is null ? null : references.Read(folder));
        var text = references.Read(AzureShell.Model(run), name => AzureCommands.Is(name, script.Text, run.IsPosix));
        if (!run.IsPosix) return run with { Script = text };
        var added = new List<PortableVariable>();
        return run with { Script = Kept(Lifted(ShellText.Read(text, AzureReferences.Shell)), step, added), Variables = added };
    }

    // what only the settings hold is handed over as a variable, so that it cannot become code
    private PortableText Kept(PortableText text, Step step, List<PortableVariable> added)
    {
        var own = AzureImport.Variables(step.Variables, references);
        return PortableText.Of(text.Parts.Select(p =>
        {
            if (p.Reference is not { Kind: ReferenceKind.Secret or ReferenceKind.Setting, Bare: false, InText: false, Name: { } kept } reference) return p;
            var name = Names.Variable(kept);
            var given = own.Concat(added).FirstOrDefault(v => v.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
            if (given is not null && !(given.Value.Parts is [{ Reference: { } same }] && same == reference)) return p;
            if (given is null) added.Add(new(name, PortableText.Of(reference), step.Range));
            return new TextPart($"${{{given?.Name ?? name}}}", null);
        }));
    }

    // a variable of the file is in the shell, too
    private static PortableText Lifted(PortableText text) => PortableText.Of(text.Parts.Select(p =>
        p.Reference is { Kind: ReferenceKind.Variable, Bare: false, Name: { } name } && Names.Variable(name) == name ? new TextPart($"${{{name}}}", null) : p));

    private PortableStep? Known(Step step, string name) => name switch
    {
        "checkout" when step.Node.Text("checkout") == "self" => new CheckoutStep((int?)step.Node.Number("fetchDepth"), step.Node.Text("submodules") is "false" ? null : step.Node.Text("submodules"), step.Node.Text("lfs") == "true", step.Node.Text("persistCredentials") == "true"),
        "publish" => new UploadStep(references.Read(step.Node.Text("artifact") ?? "artifact"), [references.Read(step.Node.Text("publish") ?? ".")]),
        "upload" => new UploadStep(references.Read(step.Node.Text("artifact") ?? "artifact"), [references.Read(step.Node.Text("upload") ?? ".")]),
        "publishpipelineartifact" when Has(step, "targetPath", "artifact", "artifactName", "publishLocation") => new UploadStep(Text(step, "artifact") ?? Text(step, "artifactName") ?? PortableText.Of("artifact"), [Text(step, "targetPath") ?? PortableText.Of(".")]),
        "download" when step.Node.Text("download") == "current" => new DownloadStep(step.Node.Text("artifact") is { } artifact ? references.Read(artifact) : null, references.Read($"$(Pipeline.Workspace)/{step.Node.Text("artifact")}")),
        "downloadpipelineartifact" when Has(step, "artifact", "artifactName", "path", "targetPath", "buildType", "source") && step.Input("buildType") is null or "current" && step.Input("source") is null or "current" => Download(step),
        "publishtestresults" when Has(step, "testResultsFormat", "testRunner", "testResultsFiles", "testRunTitle", "mergeTestResults") && (step.Input("testResultsFormat") ?? step.Input("testRunner") ?? "JUnit") == "JUnit" => new ReportStep("junit", Lines(step.Input("testResultsFiles") ?? "**/TEST-*.xml")),
        "publishcodecoverageresults" when Has(step, "codeCoverageTool", "summaryFileLocation") && (step.Input("codeCoverageTool") ?? "Cobertura") == "Cobertura" && step.Input("summaryFileLocation") is { } summary => new ReportStep("cobertura", Lines(summary)),
        "usenode" or "nodetool" when Has(step, "version", "versionSpec") => new SetupStep("node", Text(step, "version") ?? Text(step, "versionSpec")),
        "usepythonversion" when Has(step, "versionSpec") => new SetupStep("python", Text(step, "versionSpec")),
        "usedotnet" when Has(step, "version", "packageType", "useGlobalJson") && step.Input("packageType") is null or "sdk" && (step.Input("useGlobalJson") is null or "false" || step.Input("version") is null) => new SetupStep("dotnet", Text(step, "version")),
        "gotool" when Has(step, "version") => new SetupStep("go", Text(step, "version")),
        "javatoolinstaller" when Has(step, "versionSpec", "jdkArchitectureOption", "jdkSourceOption") && step.Input("jdkSourceOption") is null or "PreInstalled" => new SetupStep("java", Text(step, "versionSpec")),
        "cache" when Has(step, "key", "restoreKeys", "path") && step.Input("key") is not null && step.Input("path") is not null => Cache(step),
        "bash" when Has(step, "targetType", "script", "workingDirectory") && step.Input("targetType") == "inline" && step.Script is { } script => Run(step, script, "bash", step.Input("workingDirectory")),
        "cmdline" when Has(step, "script", "workingDirectory") && step.Script is { } script => Run(step, script, null, step.Input("workingDirectory")),
        "pythonscript" when Has(step, "scriptSource", "script", "workingDirectory") && step.Input("scriptSource") == "inline" && step.Input("script") is { } python => new RunStep(references.Read(python.TrimEnd('\n')), "python", step.Input("workingDirectory") is { } folder ? references.Read(folder) : null),
        _ => null,
    };

    private DownloadStep Download(Step step)
    {
        var folder = Text(step, "path") ?? Text(step, "targetPath");
        // without a path it comes to the folder above the sources
        return new(Text(step, "artifact") ?? Text(step, "artifactName"), folder ?? references.Read("$(Pipeline.Workspace)"));
    }

    /// <summary>A key's pieces between bars: quoted ones are text, the others files, and text where they name none.</summary>
    private CacheStep Cache(Step step)
    {
        var (texts, files) = (new List<string>(), new List<string>());
        foreach (var piece in step.Input("key")!.Split('|', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
            if (piece.Length > 1 && piece[0] == '"' && piece[^1] == '"') texts.Add(piece[1..^1]);
            else if (!piece.StartsWith('$') && (piece.Contains('.') || piece.Contains('/') || piece.Contains('*'))) files.Add(piece);
            else texts.Add(piece);
        var restore = (step.Input("restoreKeys") ?? "").Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(k => references.Read(string.Join('-', k.Split('|', StringSplitOptions.TrimEntries).Select(p => p.Trim('"')))));
        return new(references.Read(string.Join('-', texts)), files, [.. restore], [references.Read(step.Input("path")!)]);
    }

    private IReadOnlyList<PortableText> Lines(string text) => [.. text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(l => references.Read(l))];

    private static bool Has(Step step, params string[] known) => step.Inputs.All(i => known.Contains(i.Name, StringComparer.OrdinalIgnoreCase));

    private PortableText? Text(Step step, string name) => step.Input(name) is { } value ? references.Read(value) : null;
}

/// <summary>Azure's shells go on after a line that failed; the model's stop.</summary>
internal static partial class AzureShell
{
    private const string Stops = "set -e\n";
    private const string GoesOn = "set +e\n";

    // the model's bash fails with any part of a pipe, Azure's with its last alone
    private const string Whole = "set -eo pipefail\n", LastAlone = "set +o pipefail\n", Neither = "set +eo pipefail\n";

    /// <summary>The variable by which a script knows the file of its outputs.</summary>
    public const string Outputs = "OUTPUTS";

    /// <summary>A script that hands over what it wrote into the file, however it ends (learn.microsoft.com, "Logging commands: SetVariable").</summary>
    public static string HandsOver(string text) =>
        $"{Outputs}=\"$(mktemp)\"\ntrap 'while IFS=\"=\" read -r name value; do echo \"##vso[task.setvariable variable=$name;isOutput=true]$value\"; done < \"${Outputs}\"' EXIT\n{(IsSequence(text) ? text : Stops + text)}";

    /// <summary>A script of Azure's as one that stops.</summary>
    public static string Model(RunStep run)
    {
        var text = run.Script.Literal ?? "";
        if (!run.IsPosix) return text;
        if (run.Shell == "bash" && ShellText.HasPipe(text))
            return text.StartsWith(Stops, StringComparison.Ordinal) ? LastAlone + text[Stops.Length..] : !IsSequence(text) || SetsErrors(text) ? LastAlone + text : Neither + text;
        if (run.Shell == "bash" && text.StartsWith(Whole, StringComparison.Ordinal)) return text[Whole.Length..];
        if (!IsSequence(text)) return text;
        return text.StartsWith(Stops, StringComparison.Ordinal) ? text[Stops.Length..] : SetsErrors(text) ? text : GoesOn + text;
    }

    /// <summary>A script that stops as one of Azure's.</summary>
    /// <param name="bash">Whether it is one for bash, and not for any shell.</param>
    public static string Azure(string text, bool bash)
    {
        if (!bash) return Any(text);
        if (text.StartsWith(Neither, StringComparison.Ordinal) && IsSequence(text[Neither.Length..])) return text[Neither.Length..];
        if (text.StartsWith(LastAlone, StringComparison.Ordinal)) return Any(text[LastAlone.Length..]);
        return ShellText.HasPipe(text) ? Whole + text : Any(text);
    }

    private static string Any(string text) =>
        text.StartsWith(GoesOn, StringComparison.Ordinal) && IsSequence(text[GoesOn.Length..]) ? text[GoesOn.Length..] : !IsSequence(text) || SetsErrors(text) ? text : Stops + text;

    // what the platform puts in before the shell reads anything ends no quotes of the shell's
    private static bool IsSequence(string text) => ShellText.IsSequence(PutIn().Replace(text, "x"));

    [GeneratedRegex(@"\$\{\{[^}]*\}\}")]
    private static partial Regex PutIn();

    private static bool SetsErrors(string text) => text.StartsWith("set -", StringComparison.Ordinal) && text.Split('\n')[0].Split(' ')[1].Contains('e') && !text.StartsWith(Stops, StringComparison.Ordinal);
}
