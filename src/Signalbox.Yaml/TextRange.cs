namespace Signalbox.Yaml;

/// <summary>A piece of a text by UTF-16 index: <see cref="Start"/> is in it, <see cref="End"/> is the first that is not.</summary>
public readonly record struct TextRange(int Start, int End)
{
    public int Length => End - Start;

    public bool Contains(int index) => index >= Start && index < End;

    public bool Overlaps(TextRange other) => Start < other.End && other.Start < End;

    /// <summary>A piece of this piece.</summary>
    public TextRange Slice(int start, int length) => new(Start + start, Start + start + length);
}
