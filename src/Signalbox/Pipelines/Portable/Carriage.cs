using Signalbox.Yaml;

namespace Signalbox.Pipelines.Portable;

/// <summary>What became of a piece of a pipeline on its way to another platform.</summary>
public enum Carried
{
    /// <summary>It means the same there.</summary>
    Whole,

    /// <summary>The nearest that the platform has stands there.</summary>
    Changed,

    /// <summary>A person must see to it.</summary>
    Left,
}

/// <summary>What a note is about, for whoever runs the pipeline in place of converting it.</summary>
public enum Concern
{
    /// <summary>What a job does: without it a run proves something else.</summary>
    Work,

    /// <summary>What stands around that: how it is shown, how long it is kept, how often it is tried.</summary>
    Frame,

    /// <summary>What starts the pipeline and how its runs go together, or what whoever runs it finds by itself.</summary>
    Start,
}

/// <summary>One line of the report.</summary>
/// <param name="Place">In the file that was read; null where the writer speaks of what was never written.</param>
/// <param name="What">The thing, and what became of it.</param>
/// <param name="Nearest">What the platform has that comes closest, or what to do; null where nothing is to be done.</param>
public sealed record CarriageNote(Carried Kind, TextRange? Place, string What, string? Nearest = null, Concern Concern = Concern.Work);

/// <summary>Gathers what was carried, changed and left, in the order it is met.</summary>
public sealed class CarriageLog
{
    private readonly List<CarriageNote> _notes = [];
    private readonly HashSet<CarriageNote> _seen = [];

    public IReadOnlyList<CarriageNote> Notes => _notes;

    public bool AnyLeft => _notes.Any(n => n.Kind == Carried.Left);

    public void Whole(TextRange place, string what) => Add(Carried.Whole, place, what, null, Concern.Start);

    public void Changed(TextRange place, string what, string? nearest = null, Concern concern = Concern.Frame) => Add(Carried.Changed, place, what, nearest, concern);

    public void Left(TextRange place, string what, string? nearest = null, Concern concern = Concern.Work) => Add(Carried.Left, place, what, nearest, concern);

    private void Add(Carried kind, TextRange place, string what, string? nearest, Concern concern)
    {
        var note = new CarriageNote(kind, place == default ? null : place, what, nearest, concern);
        if (_seen.Add(note)) _notes.Add(note);
    }
}
