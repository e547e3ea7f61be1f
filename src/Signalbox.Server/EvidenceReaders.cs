using Signalbox.Evidence;
using Signalbox.Evidence.Verification.Trust;

namespace Signalbox.Server;

/// <summary>Everything that can read evidence, in the order in which it is asked.</summary>
internal static class EvidenceReaders
{
    public static IReadOnlyList<IEvidenceReader> All { get; } = [new ImageSignatureReader(TrustedRoot.PublicGood()), new SignedEvidenceReader(TrustedRoot.PublicGood()), new AlertRulesReader(), new ReportEvidenceReader()];
}
