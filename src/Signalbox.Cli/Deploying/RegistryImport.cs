using Signalbox.Api;
using Signalbox.Cli.Control;
using Signalbox.Cli.Verifying;
using Signalbox.Diagnostics;
using Signalbox.Evidence;
using Signalbox.Evidence.Registries;

namespace Signalbox.Cli.Deploying;

/// <summary>
/// Hands in what a registry holds about an image. Whoever may push to it attaches what they like, so only what is signed is taken,
/// unless the caller answers for the rest. What is left out is said; anything else that is refused stops all.
/// </summary>
internal static class RegistryImport
{
    private const string Unsigned = "it is not signed, so whoever may push to the registry may have written it; --unsigned hands it in on your word";

    private static readonly string[] s_leftOut = ["evidence-unknown", "evidence-unreadable", "evidence-other-kind"];

    /// <summary>Whether the word means an image.</summary>
    /// <exception cref="SignalboxException">A file has that name, too.</exception>
    public static bool IsImage(string word) => PlainWords.Image(word, "evidence add") is not null;

    /// <param name="where">A release or a digest; null for the image's own digest.</param>
    /// <param name="unsigned">Whether what nobody signed is handed in too.</param>
    public static async Task<IReadOnlyList<EvidenceView>> AddAsync(ControlPlaneClient client, string word, string? kind, string? where, string? publicKey, bool unsigned, Session session)
    {
        _ = ImageReference.TryParse(word, out var image);
        var found = await RegistryOptions.FindAsync(session, image!).ConfigureAwait(false);
        var subject = where ?? found.Image.Value;
        var taken = new List<RegistryEvidence>();
        foreach (var piece in found.Evidence)
            if (await SendAsync(piece, check: true).ConfigureAwait(false) is not null) taken.Add(piece);
        var added = new List<EvidenceView>();
        foreach (var piece in taken) added.Add((await SendAsync(piece, check: false).ConfigureAwait(false))!);
        return added.Count > 0 ? added : throw new SignalboxException(ExitCode.No, Finding.Error(
            "image-no-evidence", $"{image!.Registry} holds nothing about {found.Image} that is evidence here", new(word), $"signalbox verify {word}"));

        async Task<EvidenceView?> SendAsync(RegistryEvidence piece, bool check)
        {
            try
            {
                var file = RegistryEvidenceFile.Of(piece);
                if (!unsigned && SignedFiles.KindOf(file) == SignedFileKind.None) return LeftOut(piece, Unsigned);
                using var content = new MemoryStream(file);
                var view = await client.AddEvidenceAsync(content, $"{image!.Name} {piece.Name}", kind, subject, publicKey, "registry", check, session.Cancel).ConfigureAwait(false);
                // what looks signed to one reader may be a report to another
                return check && !unsigned && view.Verification == nameof(VerificationVerdict.Unsigned) ? LeftOut(piece, Unsigned) : view;
            }
            catch (FormatException e)
            {
                return LeftOut(piece, e.Message);
            }
            catch (ControlPlaneRefusal refusal) when (s_leftOut.Contains(refusal.Findings[0].Id))
            {
                return LeftOut(piece, refusal.Findings[0].Message);
            }
        }

        EvidenceView? LeftOut(RegistryEvidence piece, string why)
        {
            session.Say(FindingText.Printable($"left out: {piece.Where} ({piece.MediaType}): {why}"));
            return null;
        }
    }
}
