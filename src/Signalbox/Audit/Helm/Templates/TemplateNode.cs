using Signalbox.Yaml;

namespace Signalbox.Audit.Helm.Templates;

/// <summary>A piece of a Go template (pkg.go.dev/text/template) and where it stands.</summary>
internal abstract record TemplateNode(TextRange Range);

/// <summary>Text that stands for itself, with what trim markers leave of it.</summary>
internal sealed record TextPiece(TextRange Range, string Text) : TemplateNode(Range);

/// <summary>An action whose value is written out, or that only sets a variable.</summary>
internal sealed record ValueAction(TextRange Range, TemplatePipe Pipe) : TemplateNode(Range);

internal enum BranchKind { If, With, Range }

/// <summary><c>if</c>, <c>with</c> or <c>range</c> with their bodies; <c>else if</c> is a branch within <paramref name="Else"/>.</summary>
internal sealed record Branch(TextRange Range, BranchKind Kind, TemplatePipe Pipe, IReadOnlyList<TemplateNode> Body, IReadOnlyList<TemplateNode> Else) : TemplateNode(Range);

/// <summary><c>template "name" pipe</c>.</summary>
internal sealed record Invocation(TextRange Range, string Name, TemplatePipe? Argument) : TemplateNode(Range);

/// <summary><c>break</c> or <c>continue</c>.</summary>
internal sealed record LoopExit(TextRange Range, bool Ends) : TemplateNode(Range);

/// <summary>Commands, each of which is given what the one before it made.</summary>
/// <param name="Variables">The variables it is assigned to.</param>
/// <param name="Declares">Whether they begin here (<c>:=</c>).</param>
internal sealed record TemplatePipe(TextRange Range, IReadOnlyList<string> Variables, bool Declares, IReadOnlyList<IReadOnlyList<Operand>> Commands);

internal abstract record Operand;

internal sealed record Constant(object? Value) : Operand;

/// <summary>Fields of what the dot stands for; none is the dot itself.</summary>
internal sealed record Fields(IReadOnlyList<string> Names) : Operand;

internal sealed record Variable(string Name, IReadOnlyList<string> Names) : Operand;

internal sealed record Function(string Name) : Operand;

internal sealed record Parenthesis(TemplatePipe Pipe, IReadOnlyList<string> Names) : Operand;

/// <summary>A template file: what it writes, and the templates that it defines for others.</summary>
internal sealed record ParsedTemplate(IReadOnlyList<TemplateNode> Nodes, IReadOnlyDictionary<string, IReadOnlyList<TemplateNode>> Defines);

/// <summary>A template cannot be followed.</summary>
/// <param name="at">Where, as an index into the template's text.</param>
internal sealed class TemplateException(string message, int at = 0) : Exception(message)
{
    public int At { get; } = at;
}
