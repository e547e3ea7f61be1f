using System.Text;

namespace Signalbox.Pipelines.Portable;

/// <summary>What a piece of text stands for when the pipeline runs.</summary>
public enum ReferenceKind
{
    /// <summary>Predefined: each has a row in <see cref="ReferenceTable"/>.</summary>
    Commit, RefName, Ref, Tag, Repository, RepositoryOwner, RunId, RunNumber, Actor, Workspace, TemporaryFolder, RunnerSystem, BaseBranch, HeadBranch, PullRequest, DefaultBranch, Token,

    /// <summary>A secret kept by the platform, by name.</summary>
    Secret,

    /// <summary>A variable of the pipeline, job or step.</summary>
    Variable,

    /// <summary>A value kept in the platform's settings, no secret.</summary>
    Setting,

    /// <summary>The value of a matrix's axis.</summary>
    Axis,

    Input,

    /// <summary>An output of the job <see cref="PortableReference.Of"/>.</summary>
    JobOutput,

    /// <summary>An output of the step <see cref="PortableReference.Of"/>.</summary>
    StepOutput,

    /// <summary>The file into which a script writes its step's outputs, a line <c>NAME=VALUE</c> each.</summary>
    OutputFile,

    /// <summary>An expression or variable that only one platform has: <see cref="PortableReference.Name"/> as written.</summary>
    Foreign,
}

/// <param name="Bare">Whether only the shell variable's name stands there: <c>${NAME:0:8}</c>.</param>
/// <param name="Platform">Whose expression a foreign one is.</param>
/// <param name="InText">Whether the platform itself must put it in: within a quoted here-document no shell would.</param>
public sealed record PortableReference(ReferenceKind Kind, string? Name = null, string? Of = null, bool Bare = false, Platform? Platform = null, bool InText = false);

/// <summary>A piece of text: characters, or what is put in there when the pipeline runs.</summary>
public readonly record struct TextPart(string? Literal, PortableReference? Reference);

/// <summary>Text with references in it. Two literals never stand side by side, and none is empty.</summary>
public sealed class PortableText
{
    private PortableText(IReadOnlyList<TextPart> parts) => Parts = parts;

    public static PortableText Empty { get; } = new([]);

    public IReadOnlyList<TextPart> Parts { get; }

    public bool IsLiteral => Parts.All(p => p.Reference is null);

    /// <summary>The text where nothing is put in, else null.</summary>
    public string? Literal => Parts.Count == 0 ? "" : Parts is [{ Literal: { } only }] ? only : null;

    public bool IsEmpty => Parts.Count == 0;

    public IEnumerable<PortableReference> References => Parts.Select(p => p.Reference).OfType<PortableReference>();

    public static PortableText Of(string literal) => Of([new TextPart(literal, null)]);

    public static PortableText Of(PortableReference reference) => new([new(null, reference)]);

    public static PortableText Of(IEnumerable<TextPart> parts)
    {
        var joined = new List<TextPart>();
        var literal = new StringBuilder();
        foreach (var part in parts)
        {
            if (part.Reference is null) { literal.Append(part.Literal); continue; }
            Flush();
            joined.Add(part);
        }
        Flush();
        return joined.Count == 0 ? Empty : new(joined);

        void Flush()
        {
            if (literal.Length > 0) joined.Add(new(literal.ToString(), null));
            literal.Clear();
        }
    }

    /// <summary>The text with each part said by a writer.</summary>
    public string Render(Func<string, string> literal, Func<PortableReference, string> reference) =>
        string.Concat(Parts.Select(p => p.Reference is { } r ? reference(r) : literal(p.Literal!)));

    public PortableText Map(Func<string, string> literal) => Of(Parts.Select(p => p.Reference is null ? new(literal(p.Literal!), null) : p));

    public static PortableText Join(string between, IEnumerable<PortableText> texts) =>
        Of(texts.SelectMany((t, i) => i == 0 ? t.Parts : [new(between, null), .. t.Parts]));

    /// <summary>For messages: a reference as a shell would have its name.</summary>
    public override string ToString() => Render(l => l, r => r.Kind == ReferenceKind.Foreign ? r.Name! : $"${{{(r.Of is null ? "" : r.Of + ".")}{r.Name ?? r.Kind.ToString()}}}");
}
