using System.Collections.Immutable;
using Signalbox.Yaml;

namespace Signalbox.Pipelines.GitHubActions;

/// <summary>Reads <c>steps</c> of a job or a composite action.</summary>
internal sealed class StepReader(YamlText text, string? shell)
{
    public ImmutableArray<Step> ReadAll(YamlSequence steps) => [.. steps.Items.OfType<YamlMapping>().Select(Read)];

    private Step Read(YamlMapping node) => new()
    {
        Range = (node.Entry("name") ?? node.Entry("uses") ?? node.Entry("run"))?.Key.Range ?? node.Range,
        Body = node.Range,
        Node = node,
        Id = node.Text("id"),
        Name = node.Text("name"),
        Condition = GitHubJobReader.ReadCondition(node.Get("if")),
        FailureIgnored = GitHubJobReader.Lenient(node.Entry("continue-on-error")),
        Script = node.Get("run") is YamlScalar { IsNull: false } run ? Script.Of(text, run) : null,
        Shell = node.Text("shell") ?? shell,
        Uses = Used(node.Get("uses")),
        Inputs = GitHubJobReader.Variables(node.Get("with")),
        Variables = GitHubJobReader.Variables(node.Get("env")),
    };

    internal static UsedCode? Used(YamlNode? node)
    {
        if (node is not YamlScalar { IsNull: false } scalar) return null;
        var name = scalar.Value.Trim();
        var at = name.LastIndexOf('@');
        return name.StartsWith("docker://", StringComparison.Ordinal) || at < 0
            ? new(name, null, scalar.Range, scalar)
            : new(name[..at], name[(at + 1)..], scalar.Range, scalar);
    }
}
