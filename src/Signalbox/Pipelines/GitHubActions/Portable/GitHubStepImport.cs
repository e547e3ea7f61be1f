using System.Globalization;
using Signalbox.Pipelines.Portable;
using Signalbox.Yaml;

namespace Signalbox.Pipelines.GitHubActions.Portable;

/// <summary>The meaning of steps: scripts, well-known actions, and the rest as what only GitHub has.</summary>
/// <param name="defaults">The <c>defaults.run</c> that holds.</param>
/// <param name="variables">The names of the variables that scripts see already.</param>
/// <param name="booleans">The names of the inputs of the boolean kind.</param>
internal sealed class GitHubStepImport(YamlNode? defaults, IReadOnlyList<string> variables, IReadOnlySet<string> booleans, CarriageLog log)
{
    private static readonly string[] s_keys = ["id", "name", "if", "run", "uses", "with", "env", "shell", "working-directory", "continue-on-error", "timeout-minutes"];

    public IReadOnlyList<PortableStep> ReadAll(IEnumerable<Step> steps) => [.. steps.Select(Read).OfType<PortableStep>()];

    private PortableStep? Read(Step step)
    {
        foreach (var entry in step.Node.Entries().Where(e => !s_keys.Contains(e.Key.Value))) log.Left(entry.Range, $"{entry.Key.Value}: of a step is not carried");
        var own = GitHubImport.Variables(step.Variables);
        var read = step.Script is { } script ? Run(step, script, own) : step.Uses is { } uses ? Used(step, uses) : null;
        if (read is null) return null;
        var (when, _, condition) = GitHubConditions.Read(step.Condition, booleans);
        return read with
        {
            Id = step.Id,
            Name = step.Name is { } name ? GitHubReferences.Read(name) : null,
            When = when,
            If = condition,
            FailureIgnored = GitHubImport.Ignored(step.FailureIgnored, log),
            Timeout = GitHubJobReader.Minutes(step.Node.Text("timeout-minutes")),
            Variables = [.. own, .. read.Variables],
            Source = step.Range,
        };
    }

    private RunStep Run(Step step, Script script, IReadOnlyList<PortableVariable> own)
    {
        var shell = step.Node.Text("shell") ?? defaults.Text("shell");
        var folder = step.Node.Text("working-directory") ?? defaults.Text("working-directory");
        if (shell is not null && shell.Contains(' ')) log.Changed(step.Range, $"the shell {shell} is started as {shell.Split(' ')[0]} alone", "set in the script what its options set", concern: Concern.Work);
        var read = new RunStep(GitHubReferences.Read(script.Text.TrimEnd('\n', ' ')), shell?.Split(' ')[0], folder is null ? null : GitHubReferences.Read(folder));
        // a Windows machine's default shell is another than the others'
        if (read.Shell is null && step.Shell is "pwsh") read = read with { Shell = "pwsh" };
        if (!read.IsPosix) return read;
        var added = new List<PortableVariable>();
        var text = ShellText.Read(read.Script, name => ReferenceTable.OfShell(name, Platform.GitHubActions) is { } kind ? new(kind, kind == ReferenceKind.OutputFile ? name : null)
            : ReferenceTable.IsReserved(name, Platform.GitHubActions) ? new(ReferenceKind.Foreign, name, Platform: Platform.GitHubActions) : null);
        text = PortableText.Of(text.Parts.Select(p => p.Reference is { } reference ? Lifted(reference, own, added, step) : p));
        return read with { Script = text, Variables = added };
    }

    /// <summary>What GitHub would put into the script's text is handed over as a variable instead, so that it cannot become code.</summary>
    private TextPart Lifted(PortableReference reference, IReadOnlyList<PortableVariable> own, List<PortableVariable> added, Step step)
    {
        if (reference.InText) return new(null, reference);
        if (reference.Kind == ReferenceKind.Variable) return new($"${{{reference.Name}}}", null);
        if (reference.Kind == ReferenceKind.Axis || ReferenceTable.Shell(reference.Kind, Platform.GitHubActions) is not null) return new(null, reference);
        if (reference.Kind == ReferenceKind.Foreign && !reference.Name!.StartsWith("${{", StringComparison.Ordinal)) return new(null, reference);
        var value = PortableText.Of(reference);
        if (added.Concat(own).FirstOrDefault(v => v.Value.Parts is [{ Reference: { } same }] && same == reference) is { } known) return new($"${{{known.Name}}}", null);
        var name = Name(reference, [.. own.Concat(added).Select(v => v.Name), .. variables]);
        added.Add(new(name, value, step.Range));
        return new($"${{{name}}}", null);
    }

    private static string Name(PortableReference reference, IReadOnlyList<string> taken)
    {
        var wanted = Names.Variable(reference.Kind switch
        {
            ReferenceKind.Secret or ReferenceKind.Setting => reference.Name!,
            ReferenceKind.Input => $"INPUT_{reference.Name}".ToUpperInvariant(),
            ReferenceKind.JobOutput or ReferenceKind.StepOutput => $"{reference.Of}_{reference.Name}".ToUpperInvariant(),
            ReferenceKind.Foreign => "EXPRESSION",
            _ => reference.Kind.ToString().ToUpperInvariant(),
        });
        var name = wanted;
        for (var i = 2; taken.Contains(name); i++) name = $"{wanted}_{i}";
        return name;
    }

    private PortableStep Used(Step step, UsedCode uses)
    {
        var foreign = new ForeignStep(Platform.GitHubActions, uses.Ref is null ? uses.Name : $"{uses.Name}@{uses.Ref}", GitHubImport.Variables(step.Inputs));
        return Known(step, uses.Name.ToLowerInvariant()) ?? foreign;
    }

    // only with inputs that all are understood: half an action is none
    private static PortableStep? Known(Step step, string name) => name switch
    {
        "actions/checkout" when Has(step, "fetch-depth", "submodules", "lfs", "persist-credentials", "clean", "fetch-tags") && IsNumber(step, "fetch-depth") && (step.Input("fetch-tags") != "true" || step.Input("fetch-depth") == "0") => new CheckoutStep(Number(step, "fetch-depth"), step.Input("submodules") is "false" ? null : step.Input("submodules"), step.Input("lfs") == "true", step.Input("persist-credentials") != "false"),
        "actions/setup-node" when Has(step, "node-version", "cache") => new SetupStep("node", Text(step, "node-version"), null, step.Input("cache")),
        "actions/setup-python" when Has(step, "python-version", "cache") => new SetupStep("python", Text(step, "python-version"), null, step.Input("cache")),
        "actions/setup-dotnet" when Has(step, "dotnet-version") => new SetupStep("dotnet", Text(step, "dotnet-version")),
        "actions/setup-go" when Has(step, "go-version", "cache") && step.Input("cache") is null or "true" => new SetupStep("go", Text(step, "go-version")),
        "actions/setup-java" when Has(step, "java-version", "distribution", "cache") => new SetupStep("java", Text(step, "java-version"), step.Input("distribution"), step.Input("cache")),
        "actions/cache" when Has(step, "path", "key", "restore-keys") && step.Input("key") is not null && step.Input("path") is not null => Cache(step),
        "actions/upload-artifact" when Has(step, "name", "path", "retention-days", "include-hidden-files") && step.Input("path") is not null && IsNumber(step, "retention-days") && step.Input("include-hidden-files") is null or "true" or "false" => Upload(step, Lines(step, "path")),
        "actions/download-artifact" when Has(step, "name", "path") => new DownloadStep(Text(step, "name"), Text(step, "path") ?? PortableText.Of(".")),
        "docker/login-action" when Has(step, "registry", "username", "password") && step.Input("password") is not null => new LoginStep(Text(step, "registry"), Text(step, "username") ?? PortableText.Empty, Text(step, "password")!),
        "docker/build-push-action" when Has(step, "context", "file", "tags", "push", "build-args", "target") && step.Input("push") is null or "true" or "false" => new ImageStep(Text(step, "context") ?? PortableText.Of("."), Text(step, "file"), Lines(step, "tags"), step.Input("push") == "true")
        {
            Arguments = Lines(step, "build-args"),
            Target = Text(step, "target"),
        },
        _ => null,
    };

    private static UploadStep Upload(Step step, IReadOnlyList<PortableText> paths) => new(Text(step, "name") ?? PortableText.Of("artifact"), paths, Number(step, "retention-days"))
    {
        LeavesHidden = step.Input("include-hidden-files") != "true" && UploadStep.MayHoldHidden(paths),
    };

    private static CacheStep? Cache(Step step)
    {
        var (key, files) = KeyOf(step.Input("key")!);
        return key is null ? null : new(key, files, Lines(step, "restore-keys"), Lines(step, "path"));
    }

    /// <summary>A key that ends with <c>hashFiles</c>, as the beginning and the files.</summary>
    private static (PortableText? Key, IReadOnlyList<string> Files) KeyOf(string key)
    {
        var at = key.IndexOf("${{", StringComparison.Ordinal);
        for (; at >= 0; at = key.IndexOf("${{", at + 3, StringComparison.Ordinal))
        {
            var parsed = Expressions.ExpressionParser.Fenced(key, at + 3);
            if (parsed.Root is Expressions.FunctionCall call && call.Is("hashFiles") && parsed.End == key.Length && call.Arguments.All(a => a is Expressions.StringLiteral))
                return (GitHubReferences.Read(key[..at]), [.. call.Arguments.Select(a => ((Expressions.StringLiteral)a).Value)]);
        }
        var read = GitHubReferences.Read(key);
        return (read.References.Any(r => r.Kind == ReferenceKind.Foreign) ? null : read, []);
    }

    private static bool Has(Step step, params string[] known) => step.Inputs.All(i => known.Contains(i.Name));

    private static PortableText? Text(Step step, string name) => step.Input(name) is { } value ? GitHubReferences.Read(value) : null;

    private static IReadOnlyList<PortableText> Lines(Step step, string name) =>
        [.. (step.Input(name) ?? "").Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(GitHubReferences.Read)];

    private static bool IsNumber(Step step, string name) => step.Input(name) is null || Number(step, name) is not null;

    private static int? Number(Step step, string name) => int.TryParse(step.Input(name), CultureInfo.InvariantCulture, out var number) ? number : null;
}
