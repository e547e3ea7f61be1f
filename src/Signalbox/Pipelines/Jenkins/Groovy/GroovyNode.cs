using Signalbox.Yaml;

namespace Signalbox.Pipelines.Jenkins.Groovy;

/// <summary>A piece of Groovy with its place.</summary>
public abstract record GroovyNode(TextRange Range);

public sealed record GroovyText(GroovyString String) : GroovyNode(String.Range);

/// <param name="Path">With what it is read from: <c>params.VERSION</c>, <c>env.BRANCH_NAME</c>.</param>
public sealed record GroovyName(string Path, TextRange Range) : GroovyNode(Range);

public sealed record GroovyNumber(string Text, TextRange Range) : GroovyNode(Range);

/// <param name="Name">Null where it has none.</param>
public sealed record GroovyArgument(string? Name, GroovyNode Value);

/// <summary>A call, a step, a section of a declarative pipeline, or a statement such as <c>if</c>: a word with what it is given.</summary>
/// <param name="Name">Without what it is called on.</param>
/// <param name="Receiver">What it is called on, or null.</param>
/// <param name="Block">The closure or block behind it, or null.</param>
/// <param name="NameRange">The word alone.</param>
public sealed record GroovyCall(string Name, GroovyNode? Receiver, IReadOnlyList<GroovyArgument> Arguments, GroovyBlock? Block, TextRange NameRange, TextRange Range) : GroovyNode(Range)
{
    /// <summary>The name with what it is called on, as far as that is a path: <c>docker.image</c>.</summary>
    public string Path => Receiver is GroovyName name ? $"{name.Path}.{Name}" : Name;

    public GroovyNode? Named(string name) => Arguments.FirstOrDefault(a => a.Name == name)?.Value;

    /// <summary>The first argument without a name.</summary>
    public GroovyNode? First => Arguments.FirstOrDefault(a => a.Name is null)?.Value;
}

public sealed record GroovyBlock(IReadOnlyList<GroovyNode> Statements, TextRange Range) : GroovyNode(Range)
{
    public IEnumerable<GroovyCall> Calls => Statements.OfType<GroovyCall>();

    public GroovyCall? Call(string name) => Calls.FirstOrDefault(c => c.Name == name && c.Receiver is null);
}

/// <summary>A list or a map, or what stands in parentheses.</summary>
public sealed record GroovyList(IReadOnlyList<GroovyArgument> Items, TextRange Range) : GroovyNode(Range);

/// <summary>Operands with the signs between them, from left to right: precedence does not matter here.</summary>
public sealed record GroovyOperation(IReadOnlyList<string> Operators, IReadOnlyList<GroovyNode> Operands, TextRange Range) : GroovyNode(Range)
{
    public bool IsAssignment => Operators is ["=" or "+=", ..];

    public bool IsSum => Operators.All(o => o == "+");
}
