using Signalbox.Evidence;
using Signalbox.Storage;

namespace Signalbox.Server;

/// <summary>Everything that can read evidence, in the order in which it is asked.</summary>
internal static class EvidenceReaders
{
    /// <param name="state">Has <c>sigstore/trusted_root.json</c> in place of the built-in one, and in <c>notation</c> the trust policy for Notation signatures; both are read anew.</param>
    public static IReadOnlyList<IEvidenceReader> In(StateDirectory state)
    {
        var root = new TrustedRootFile(Path.Combine(state.Root, "sigstore", "trusted_root.json"));
        return
        [
            new ImageSignatureReader(root.Read),
            new NotationEvidenceReader(() => NotationDirectory.Read(Path.Combine(state.Root, "notation")), new RevocationClient(TimeProvider.System)),
            new SignedEvidenceReader(root.Read), new AlertRulesReader(), new ReportEvidenceReader(),
        ];
    }
}
