using System.Text.RegularExpressions;

namespace Signalbox.Pipelines.Portable;

/// <summary>What a matrix puts into a job where a platform takes one word for all its combinations.</summary>
internal static partial class MatrixValues
{
    /// <summary>Each word that a text becomes; the text itself where it has no reference, nothing where only a run knows it.</summary>
    public static IReadOnlyList<string> Of(PortableText? text, PortableMatrix? matrix)
    {
        if (text is null) return [];
        if (text.Literal is { } literal) return [literal];
        if (matrix is null || text.References.Any(r => r is not { Kind: ReferenceKind.Axis, Name: not null })) return [];
        // a combination that lacks an axis has no such word
        return [.. matrix.Combinations().Where(c => text.References.All(r => c.Any(p => p.Name == r.Name))).Select(c => text.Render(l => l, r => c.First(p => p.Name == r.Name).Value)).Distinct(StringComparer.Ordinal)];
    }

    /// <summary>Whether a label is such a name, for each combination.</summary>
    public static bool Are(PortableText label, PortableMatrix? matrix, Regex name) => Of(label, matrix) is { Count: > 0 } names && names.All(n => name.IsMatch(n));

    /// <summary>
    /// The machines of another system than the job's own, or of another processor than the rest, that its combinations ask for: a platform that takes one machine
    /// for the whole job runs them all on that.
    /// </summary>
    public static IReadOnlyList<string> OtherSystems(PortableJob job)
    {
        if (job.Runner.SelfHosted) return [];
        // a word that only a run knows may name any machine
        if (job.Matrix is not null && job.Runner.Labels.Where(l => Of(l, job.Matrix).Count == 0 && l.References.Any(OfCombination)).Select(l => l.ToString()).ToList() is { Count: > 0 } unknown) return unknown;
        var labels = job.Runner.Labels.Where(l => l.Literal is null).SelectMany(l => Of(l, job.Matrix)).ToList();
        var mixed = !labels.TrueForAll(l => Arm().IsMatch(l));
        return [.. labels.Where(l => SystemOf(l) != job.Runner.System || (mixed && Arm().IsMatch(l)))];
    }

    private static bool OfCombination(PortableReference reference) => reference.Kind == ReferenceKind.Axis || reference is { Kind: ReferenceKind.Foreign, Name: { } name } && name.Contains("matrix", StringComparison.Ordinal);

    // ubuntu-24.04-arm, saas-linux-small-arm64, aarch64
    [GeneratedRegex(@"(?<![a-z])arm(?![a-z])|armv[0-9]|aarch64", RegexOptions.IgnoreCase)]
    private static partial Regex Arm();

    private static RunnerSystem SystemOf(string label) => label.StartsWith("windows", StringComparison.OrdinalIgnoreCase) ? RunnerSystem.Windows : label.StartsWith("macos", StringComparison.OrdinalIgnoreCase) ? RunnerSystem.MacOs : RunnerSystem.Linux;
}
