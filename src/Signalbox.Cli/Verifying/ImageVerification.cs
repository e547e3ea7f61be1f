using Signalbox.Cli.Control;
using Signalbox.Delivery;
using Signalbox.Diagnostics;
using Signalbox.Evidence;
using Signalbox.Evidence.Registries;
using Signalbox.Evidence.Verification;
using Signalbox.Evidence.Verification.Notation;
using Signalbox.Evidence.Verification.Revocation;
using Signalbox.Evidence.Verification.Trust;

namespace Signalbox.Cli.Verifying;

/// <summary>A piece of evidence with what became of it.</summary>
internal sealed record VerifiedPiece(string Name, VerificationResult Result)
{
    /// <summary>A release's proof is about the release that it names: an artifact beside it need not be given.</summary>
    public bool NamesWhatItIsAbout { get; init; }
}

/// <summary>Whom to trust, and what is demanded.</summary>
/// <param name="Notation">Null where there is no trust policy.</param>
/// <param name="IsNotationNamed">Whether its trust policy was named, and says by itself whom to expect; one that merely lies where notation has it lets nobody in beside those who were named.</param>
/// <param name="Revocation">Null where nobody may be asked whether a certificate was revoked.</param>
/// <param name="Environment">Of a release's proof: whose gates must have allowed it.</param>
internal sealed record Expectation(TrustedRoot Root, VerificationPolicy Policy, NotationTrust? Notation, bool IsNotationNamed, RevocationClient? Revocation, string? Environment = null);

/// <summary>Verifies what a registry, or the control plane, holds about a digest.</summary>
internal static class ImageVerification
{
    /// <exception cref="SignalboxException">There is no such image or nothing signed about it, or the registry is not true to it.</exception>
    public static async Task<IReadOnlyList<VerifiedPiece>> VerifyAsync(Session session, ImageReference image, Expectation expected)
    {
        var found = await RegistryOptions.FindAsync(session, image).ConfigureAwait(false);
        session.Say(FindingText.Printable($"{image} is {found.Image}{(found.NotUnderstood is [] ? "" : $"; beside it lies what is not understood: {string.Join(", ", found.NotUnderstood)}")}"));
        var named = expected with { Policy = Named(expected.Policy, found.Image, image.ToString()) };
        var artifact = new NotationArtifact(image.Name, named.Policy.Artifact[0], found.MediaType, found.Size);
        var pieces = new List<VerifiedPiece>();
        foreach (var piece in found.Evidence)
            if (await VerifyAsync($"{piece.Where} ({piece.MediaType})", FileOf(piece), named, artifact, session.Cancel).ConfigureAwait(false) is { } verified) pieces.Add(verified);
        return pieces.Count > 0 ? pieces : throw new SignalboxException(ExitCode.No, Finding.Error(
            "image-unsigned", $"{image.Registry} holds nothing signed about {found.Image}", new(image.ToString()), $"cosign sign {image.Name}@{found.Image}"));
    }

    /// <summary>The policy about this digest, which is the one that was asked for where one was: a tag may have moved.</summary>
    /// <exception cref="SignalboxException">It is another one, or was named by another algorithm.</exception>
    private static VerificationPolicy Named(VerificationPolicy policy, Digest image, string what)
    {
        var found = new ArtifactDigest("sha256", image.Hex);
        if (policy.Artifact.FirstOrDefault(digest => digest.Algorithm == "sha256") is { } asked && asked != found)
            throw new SignalboxException(ExitCode.No, Finding.Error("image-other-digest", $"{what} is {found}; expected {asked}", new(what), $"signalbox verify {what.Split('@')[0]}@{asked}"));
        if (policy.Artifact.Count > 0 && !policy.Artifact.Contains(found))
            throw new SignalboxException(ExitCode.Usage, Finding.Error("usage", $"images are named by sha256; expected that digest beside {policy.Artifact[0]}", new("command line"), "signalbox verify --help"));
        return policy with { Artifact = [found], ArtifactBytes = null };
    }

    /// <summary>The same of what was handed in as evidence.</summary>
    /// <exception cref="SignalboxException">Nothing signed is known of the digest, or no control plane runs.</exception>
    public static async Task<IReadOnlyList<VerifiedPiece>> VerifyAsync(Session session, Digest digest, Expectation expected)
    {
        using var client = session.Connect();
        var named = expected with { Policy = Named(expected.Policy, digest, digest.Value) };
        var pieces = new List<VerifiedPiece>();
        foreach (var view in (await client.EvidenceAsync(digest.Value, session.Cancel).ConfigureAwait(false)).Where(view => view.Verification != nameof(VerificationVerdict.Unsigned) && view.Withdrawn is null))
        {
            var content = await client.EvidenceContentAsync(view.Id, session.Cancel).ConfigureAwait(false);
            if (await VerifyAsync($"{view.Id[7..19]} ({view.Kind} from {view.Where})", content, named, new(null, named.Policy.Artifact[0]), session.Cancel).ConfigureAwait(false) is { } piece) pieces.Add(piece);
        }
        return pieces.Count > 0 ? pieces : throw new SignalboxException(ExitCode.No, Finding.Error(
            "digest-unsigned", $"no signed evidence about {digest} was handed in", new(digest.Value), $"signalbox evidence add IMAGE --subject {digest}"));
    }

    /// <returns>Null where it is not signed: then there is nothing to verify.</returns>
    public static async Task<VerifiedPiece?> VerifyAsync(string name, byte[] content, Expectation expected, NotationArtifact artifact, CancellationToken cancel) => SignedFiles.KindOf(content) switch
    {
        SignedFileKind.Bundle => new(name, BundleVerifier.Verify(content, expected.Root, expected.Policy, DateTimeOffset.UtcNow)),
        SignedFileKind.ImageSignature => new(name, SignedFiles.VerifyImage(content, expected.Root, expected.Policy, DateTimeOffset.UtcNow)),
        SignedFileKind.Notation when expected.Notation is { } trust => new(name, await NotationAsync(content, artifact, trust, expected, cancel).ConfigureAwait(false)),
        SignedFileKind.Notation => new(name, NoTrust()),
        _ => null,
    };

    private static async Task<VerificationResult> NotationAsync(byte[] content, NotationArtifact artifact, NotationTrust trust, Expectation expected, CancellationToken cancel)
    {
        var policy = expected.IsNotationNamed ? expected.Policy with { Signers = [] } : expected.Policy;
        VerificationResult With(RevocationAnswers? answers) => NotationVerifier.Verify(content, artifact, trust, DateTimeOffset.UtcNow, policy, answers);
        return OfSomebody(expected.Revocation is { } client ? await client.VerifyAsync(With, cancel).ConfigureAwait(false) : With(null));
    }

    /// <summary>A policy that skips, or only logs what does not hold, lets it pass and proves nobody: that is no answer to whether it is signed.</summary>
    private static VerificationResult OfSomebody(VerificationResult result)
    {
        if (result is not { Accepted: true, Facts.Signer: null }) return result;
        const string reason = "the trust policy lets it pass, and nobody is proven to have signed it; expected a level that enforces integrity and authenticity";
        return result with { Accepted = false, Error = VerificationError.NoExpectation, Reason = reason, Steps = [.. result.Steps, new("signer", LinkOutcome.Refused, reason)] };
    }

    private static VerificationResult NoTrust()
    {
        const string reason = "a Notation signature, and there is no trust policy to hold it against; expected --notation DIR";
        return new(false, VerificationError.NoExpectation, reason, [new("policy", LinkOutcome.Refused, reason)], new());
    }

    private static byte[] FileOf(RegistryEvidence piece)
    {
        try
        {
            return RegistryEvidenceFile.Of(piece);
        }
        catch (FormatException)
        {
            // verified as it lies there: the verifier says what is wrong with it
            return piece.Content;
        }
    }
}
