using System.Collections.Immutable;
using Signalbox.Pipelines.GitHubActions;
using Signalbox.Yaml;

namespace Signalbox.Pipelines.AzurePipelines;

/// <summary>Reads steps: scripts, tasks, checkouts, templates.</summary>
internal sealed class AzureStepReader(YamlText text, YamlMapping root, List<Inclusion> inclusions)
{
    /// <summary>What says what a step does: learn.microsoft.com, "steps definition".</summary>
    internal static readonly string[] Kinds = ["script", "bash", "pwsh", "powershell", "task", "checkout", "download", "publish", "upload", "template", "downloadBuild", "getPackage", "reviewApp"];

    private static readonly (string Key, string Shell)[] s_scripts = [("script", "sh"), ("bash", "bash"), ("pwsh", "pwsh"), ("powershell", "powershell")];

    // tasks that take a script as an input: learn.microsoft.com, "Azure Pipelines task reference"
    private static readonly (string Task, string Input, string Shell)[] s_inline =
    [
        ("Bash", "script", "bash"), ("CmdLine", "script", "sh"), ("PowerShell", "script", "powershell"), ("AzureCLI", "inlineScript", "bash"), ("AzurePowerShell", "Inline", "powershell"),
        ("SSH", "inline", "sh"), ("SSH", "commands", "sh"), ("AzureContainerAppsJob", "script", "sh"), ("ShellScript", "script", "bash"),
    ];

    public ImmutableArray<Step> ReadAll(YamlNode? steps) => [.. AzureList.Of(steps).Select(s => Read(s.Node)).OfType<Step>()];

    private Step? Read(YamlMapping node)
    {
        if (node.Get("template") is YamlScalar template) inclusions.Add(AzureInclusion.Of(template, root));
        if (Kind(node) is not { } kind) return null;
        var uses = Used(kind);
        return new()
        {
            Range = kind.Range.Start < node.Range.Start ? node.Range : kind.Key.Range,
            Body = node.Range,
            Node = node,
            Id = node.Text("name"),
            Name = node.Text("displayName"),
            Condition = GitHubJobReader.ReadCondition(node.Get("condition")),
            FailureIgnored = GitHubJobReader.Lenient(node.Entry("continueOnError")),
            Script = Script(node, uses) is { } script ? Pipelines.Script.Of(text, script.Text) : null,
            Shell = Script(node, uses)?.Shell,
            Uses = uses,
            Inputs = GitHubJobReader.Variables(node.Get("inputs")),
            Variables = GitHubJobReader.Variables(node.Get("env")),
        };
    }

    /// <summary>The entry that says what a step does: the known ones, else the first that is none of those that any step may have.</summary>
    internal static YamlEntry? Kind(YamlMapping node) =>
        node.Entries().FirstOrDefault(e => Kinds.Contains(e.Key.Value)) ?? node.Entries().FirstOrDefault(e => !IsOfAny(e.Key.Value) && !e.Key.Value.StartsWith("${{", StringComparison.Ordinal));

    /// <summary>Whether any step may have it (learn.microsoft.com, "steps definition").</summary>
    internal static bool IsOfAny(string key) =>
        key is "name" or "displayName" or "condition" or "continueOnError" or "enabled" or "env" or "timeoutInMinutes" or "retryCountOnTaskFailure" or "target" or "inputs" or "parameters" or "workingDirectory" or "artifact";

    private static UsedCode? Used(YamlEntry kind) => kind.Value is not YamlScalar { IsNull: false } scalar ? null : kind.Key.Value switch
    {
        "task" => StepReader.Used(scalar),
        "checkout" or "download" or "publish" or "upload" => new(kind.Key.Value, null, scalar.Range, scalar),
        "template" => new("./" + scalar.Value, null, scalar.Range, scalar),
        _ => null,
    };

    private static (YamlScalar Text, string Shell)? Script(YamlMapping node, UsedCode? uses)
    {
        foreach (var (key, shell) in s_scripts)
            if (node.Get(key) is YamlScalar { IsNull: false } script) return (script, shell);
        foreach (var (task, input, shell) in s_inline)
            if (uses?.Is(task) == true && node.Get("inputs").Entries().FirstOrDefault(e => e.Key.Value.Equals(input, StringComparison.OrdinalIgnoreCase))?.Value is YamlScalar { IsNull: false } inline) return (inline, shell);
        return null;
    }
}
