using Signalbox.Diagnostics;

namespace Signalbox.Audit.Grades;

/// <summary>What the files of a repository say of one point.</summary>
public enum Standing
{
    /// <summary>A place in the files shows it.</summary>
    Proven,

    /// <summary>The files show that it is not there, or show the opposite.</summary>
    Missing,

    /// <summary>Files cannot tell: only what happens when it runs can, or nothing here is of that kind.</summary>
    Unknown,
}

/// <summary>One point of a check or of the checklist.</summary>
/// <param name="Id">Stable, for programs.</param>
/// <param name="Title">What is asked, in a few words.</param>
/// <param name="Because">What was seen, or what would tell.</param>
/// <param name="At">The place that shows it; null where there is none.</param>
public sealed record GradePoint(string Id, string Title, Standing Standing, string Because, Location? At = null);

/// <summary>One of the five checks before a release.</summary>
public sealed record GradeCheck(string Id, string Title, IReadOnlyList<GradePoint> Points)
{
    /// <summary>
    /// A where every point that files can tell is proven, B from two thirds, C from a half, D from a third, F below;
    /// <c>?</c> where files tell none.
    /// </summary>
    public string Letter
    {
        get
        {
            var known = Points.Count(p => p.Standing != Standing.Unknown);
            if (known == 0) return "?";
            return (Points.Count(p => p.Standing == Standing.Proven) / (double)known) switch
            {
                >= 1 => "A",
                >= 2 / 3d => "B",
                >= 1 / 2d => "C",
                >= 1 / 3d => "D",
                _ => "F",
            };
        }
    }
}

/// <summary>How a repository stands to the five checks and the ten points of the deployment checklist, as far as its files tell.</summary>
public sealed record Grade(IReadOnlyList<GradeCheck> Checks, IReadOnlyList<GradePoint> Checklist)
{
    /// <summary>The letter over all points of the five checks.</summary>
    public string Overall => new GradeCheck("", "", [.. Checks.SelectMany(c => c.Points)]).Letter;
}
