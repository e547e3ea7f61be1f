using Signalbox.Evidence;
using Signalbox.Evidence.Verification.Trust;
using Signalbox.Storage;

namespace Signalbox.Server;

/// <summary>Everything that can read evidence, in the order in which it is asked.</summary>
internal static class EvidenceReaders
{
    /// <param name="state">Its <c>notation</c> directory has the trust policy for Notation signatures; read anew for each.</param>
    public static IReadOnlyList<IEvidenceReader> In(StateDirectory state) =>
    [
        new ImageSignatureReader(TrustedRoot.PublicGood()), 
        new NotationEvidenceReader(() => NotationDirectory.Read(Path.Combine(state.Root, "notation")), new RevocationClient(TimeProvider.System)),
        new SignedEvidenceReader(TrustedRoot.PublicGood()), new AlertRulesReader(), new ReportEvidenceReader(),
    ];
}
