using Signalbox.Evidence;

namespace Signalbox.Server;

/// <summary>Everything that can read evidence, in the order in which it is asked.</summary>
internal static class EvidenceReaders
{
    public static IReadOnlyList<IEvidenceReader> All { get; } = [new AlertRulesReader()];
}
