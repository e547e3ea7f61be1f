using Signalbox.Pipelines.Jenkins.Groovy;
using Signalbox.Pipelines.Portable;
using Signalbox.Yaml;

namespace Signalbox.Pipelines.Jenkins.Portable;

/// <summary>Groovy's strings as portable text.</summary>
/// <param name="axes">The names of the matrix's axes.</param>
/// <param name="inputs">The names of the parameters.</param>
internal sealed class JenkinsReferences(YamlText file, IReadOnlySet<string> axes, IReadOnlySet<string> inputs)
{
    public JenkinsReferences With(IEnumerable<string> more) => new(file, axes.Concat(more).ToHashSet(StringComparer.Ordinal), inputs);

    /// <summary>A value; null where it is no text.</summary>
    public PortableText? Read(GroovyNode? node) => node switch
    {
        GroovyText text => Text(text.String),
        GroovyNumber number => PortableText.Of(number.Text),
        GroovyName { Path: "true" or "false" } name => PortableText.Of(name.Path),
        GroovyName name => PortableText.Of(Of(name.Path) ?? Foreign(name)),
        GroovyCall { Receiver: GroovyText text, Name: "stripIndent" or "trim" } => Text(text.String),
        GroovyList { Items: [{ Name: null, Value: var inner }] } => Read(inner),
        GroovyOperation { IsSum: true } sum => PortableText.Of(sum.Operands.SelectMany(o => (Read(o) ?? PortableText.Of(Foreign(o))).Parts)),
        null => null,
        _ => PortableText.Of(Foreign(node)),
    };

    private PortableReference Foreign(GroovyNode node) => new(ReferenceKind.Foreign, $"${{{file.Slice(node.Range)}}}", Platform: Platform.Jenkins);

    private PortableText Text(GroovyString text)
    {
        var parts = new List<TextPart>();
        var from = 0;
        foreach (var inner in text.Interpolations.OrderBy(i => i.InValue.Start))
        {
            if (inner.InValue.Start < from || inner.InValue.End > text.Value.Length) continue;
            parts.Add(new(text.Value[from..inner.InValue.Start], null));
            var expression = file.Slice(inner.Expression).Trim();
            parts.Add(new(null, Of(expression) ?? new(ReferenceKind.Foreign, $"${{{expression}}}", Platform: Platform.Jenkins)));
            from = inner.InValue.End;
        }
        parts.Add(new(text.Value[from..], null));
        return PortableText.Of(parts);
    }

    private PortableReference? Of(string expression)
    {
        var name = expression.StartsWith("env.", StringComparison.Ordinal) ? expression[4..] : expression.StartsWith("params.", StringComparison.Ordinal) ? expression[7..] : expression;
        if (name.Length == 0 || Names.Variable(name) != name) return null;
        if (inputs.Contains(name)) return new(ReferenceKind.Input, name);
        // one that the file does not ask for, or asks for as a secret, is in the environment under its name
        if (expression.StartsWith("params.", StringComparison.Ordinal)) return new(ReferenceKind.Variable, name);
        return Known(name) ?? (expression.StartsWith("env.", StringComparison.Ordinal) || !name.Any(char.IsLower) ? new(ReferenceKind.Variable, name) : null);
    }

    /// <summary>What a shell variable stands for where the platform or the matrix sets it; null for any other.</summary>
    public PortableReference? Known(string name) =>
        axes.Contains(name) ? new(ReferenceKind.Axis, name)
        : ReferenceTable.OfShell(name, Platform.Jenkins) is { } kind ? new(kind)
        : ReferenceTable.IsReserved(name, Platform.Jenkins) ? new(ReferenceKind.Foreign, name, Platform: Platform.Jenkins) : null;

    /// <summary>The variable of the environment that holds it; null where there is none.</summary>
    public static string? Name(PortableReference reference) => reference switch
    {
        { Kind: ReferenceKind.Secret or ReferenceKind.Variable or ReferenceKind.Setting or ReferenceKind.Axis or ReferenceKind.Input, Name: { } name } => Names.Variable(name),
        { Kind: ReferenceKind.Foreign, Platform: Platform.Jenkins, Name: { } name } when !name.StartsWith('$') => name,
        { Kind: ReferenceKind.Foreign or ReferenceKind.JobOutput or ReferenceKind.StepOutput or ReferenceKind.OutputFile } => null,
        _ => ReferenceTable.Shell(reference.Kind, Platform.Jenkins),
    };
}
