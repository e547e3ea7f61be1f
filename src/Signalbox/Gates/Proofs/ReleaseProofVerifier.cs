using System.Text.Json;
using System.Text.Json.Nodes;
using Signalbox.Delivery;
using Signalbox.Evidence;
using Signalbox.Evidence.Registries;
using Signalbox.Evidence.Verification;
using Signalbox.Evidence.Verification.Bundles;
using Signalbox.Evidence.Verification.Keys;
using Signalbox.Evidence.Verification.Provenance;
using Signalbox.Evidence.Verification.Trust;

namespace Signalbox.Gates.Proofs;

/// <summary>
/// Checks a release's proof offline: that the control plane whose key is expected signed it, that everything in it is what
/// its digest says, that the decision comes out the same when it is made again, and that the summary says the same.
/// </summary>
/// <remarks>Pure, like <see cref="BundleVerifier"/>: whatever the bytes are, the answer is a result.</remarks>
public static class ReleaseProofVerifier
{
    /// <summary>Whether the file calls itself a proof.</summary>
    public static bool IsProof(ReadOnlySpan<byte> file) => file.TrimStart(" \t\r\n"u8) is [(byte)'{', ..] && file.IndexOf("vnd.signalbox.release-proof"u8) >= 0;

    /// <param name="policy">Whose key must have signed, and which artifact must be meant.</param>
    /// <param name="root">For evidence that is signed with certificates.</param>
    /// <param name="environment">Whose gates must have allowed it; null where any environment's do.</param>
    public static VerificationResult Verify(ReadOnlyMemory<byte> file, TrustedRoot root, VerificationPolicy policy, DateTimeOffset now, string? environment = null) =>
        BundleVerifier.Guard(proof => new ProofCheck(root, policy, environment, now, proof).Verify(file));

    private sealed class ProofCheck(TrustedRoot root, VerificationPolicy policy, string? environment, DateTimeOffset now, ProofLog proof)
    {
        public void Verify(ReadOnlyMemory<byte> bytes)
        {
            if (policy.Provenance is not null || policy.RequireLog is true || policy.Witnesses is not null) throw new Refusal(VerificationError.NotSupported, "a release's proof is signed with its control plane's key alone: it has no log's proof, and what its provenance must say is its policy's word");
            var file = JsonFields.Parse(bytes, "the proof").Only("mediaType", "proof", "summary", "contents");
            if (file.Text("mediaType") != ReleaseProof.MediaType) throw new MalformedException($"the file is no {ReleaseProof.MediaType}");
            var (statement, summary) = (Signed(file.RequiredObject("proof"), ReleaseProof.PredicateType), Signed(file.RequiredObject("summary"), ReleaseProof.SummaryType));
            var contents = ReadContents(file.RequiredObject("contents"));
            var (decision, inputs) = ReadDecision(statement, contents);
            CheckSubjects(inputs, statement, summary);
            var pieces = CheckContents(decision, inputs, contents);
            CheckDecision(decision, inputs, pieces);
            CheckSummary(decision, inputs, summary, pieces);
            foreach (var record in inputs.Records.Where(record => record.Verification.Verdict == VerificationVerdict.Verified)) CheckEvidence(record, inputs, pieces);
            CheckVerdict(decision);
        }

        private Statement Signed(JsonFields fields, string type)
        {
            proof.Enter("signature");
            var envelope = BundleReader.ReadEnvelope(fields);
            var keys = policy.Signers.Select(signer => signer.Key?.Key).OfType<VerificationKey>().ToList();
            if (keys.Count == 0) throw new Refusal(VerificationError.NoExpectation, $"it says to be signed with the key {JsonFields.Shown(envelope.KeyId)}; nothing says whether that counts, expected --key");
            var (data, key) = (SignedData.Of(envelope.PreAuthenticationEncoding()), keys[0]);
            // further keys are for evidence: whoever signs artifacts has no say in what the gates decided
            if (!key.Schemes.Any(scheme => key.Verify(scheme, data, envelope.Signature))) throw Refusal.Bad("the proof is not signed with the first key that was given");
            proof.Facts = proof.Facts with { KeyDigest = Convert.ToHexStringLower(key.Digest) };
            var statement = Statement.Read(envelope);
            if (statement.PredicateType != type) throw Refusal.Bad($"a statement of the proof is {JsonFields.Shown(statement.PredicateType)}; expected {type}");
            proof.Proven($"{(type == ReleaseProof.SummaryType ? "the summary" : "the decision")} is signed with the given key ({key.Name})");
            return statement;
        }

        private static Dictionary<string, byte[]> ReadContents(JsonFields contents) =>
            contents.Texts(most: 100_000).ToDictionary(piece => piece.Key, piece => CanonicalBase64.Decode(piece.Value, contents.At(piece.Key)), StringComparer.Ordinal);

        private (GateDecided, KeptInputs) ReadDecision(Statement statement, Dictionary<string, byte[]> contents)
        {
            proof.Enter("contents");
            var predicate = statement.Predicate ?? throw Refusal.Bad("the proof says nothing");
            var decision = JsonSerializer.Deserialize(predicate.RequiredObject("decision").Element, GateJson.Default.GateDecided)!;
            var inputs = contents.TryGetValue(decision.Inputs.Value, out var bytes) && Digest.Of(bytes) == decision.Inputs ? GateEvents.Read(bytes) : null;
            return (decision, inputs ?? throw Refusal.Bad("the decision's inputs are not in the proof, or are not what their digest says"));
        }

        /// <summary>All that is needed, nothing else, and each piece under its own digest.</summary>
        private Dictionary<string, byte[]> CheckContents(GateDecided decision, KeptInputs inputs, Dictionary<string, byte[]> contents)
        {
            proof.Enter("contents");
            foreach (var (digest, piece) in contents)
                if (Digest.Of(piece).Value != digest) throw Refusal.Bad($"a content of the proof is not what its digest {JsonFields.Shown(digest)} says");
            var needed = ReleaseProof.Needed(decision, inputs).Select(digest => digest.Value).ToHashSet(StringComparer.Ordinal);
            if (!needed.IsSubsetOf(contents.Keys) || contents.Keys.Except(needed).Except(ReleaseProof.Unread(inputs).Select(digest => digest.Value)).Any()) throw Refusal.Bad("the proof lacks a content that it names, or has one that it does not name");
            if (!inputs.Records.Select(record => record.Id).SequenceEqual(decision.Evidence)) throw Refusal.Bad("the evidence is not the decision's");
            proof.Proven($"{contents.Count} contents are what their digests say");
            return contents;
        }

        /// <summary>A decision is a pure function of its inputs: it is made again.</summary>
        private void CheckDecision(GateDecided decision, KeptInputs kept, Dictionary<string, byte[]> pieces)
        {
            proof.Enter("decision");
            List<EvidenceItem> items = [.. kept.Records.Select(record => new EvidenceItem(record, kept.Unreadable.Contains(record.Id) ? null : EvidenceFactsText.TryRead(pieces[record.Facts.Value])))];
            var report = GateDecision.Decide(kept.With(items));
            if (GateEvents.DigestOf(report) != decision.Report || report.Verdict != decision.Verdict || report.Environment != decision.Environment || report.Release != decision.Release)
                throw Refusal.Bad($"decided again on what is in the proof, the gates say something else ({report.Verdict})");
            if (GateEvents.DigestOf(report with { Results = decision.Results }) != decision.Report) throw Refusal.Bad("the reasons that the proof tells are not the decision's");
            CheckIdentity(decision, kept);
            proof.Proven($"decided again, the gates say the same: {report.Verdict}");
        }

        /// <summary>What the decision says it was made of is what it was made of.</summary>
        private static void CheckIdentity(GateDecided decision, KeptInputs kept)
        {
            var release = kept.Release;
            if (decision.At != kept.At || decision.Content != release.Content || decision.Configuration != release.ConfigurationDigest) throw Refusal.Bad("the decision is of another release, configuration or time than its inputs");
            if (ReleaseDigest.Of(release.Application, release.Artifacts, release.Source) != release.Content || ConfigurationDigest.Of(release.Configuration) != release.ConfigurationDigest)
                throw Refusal.Bad("the release or its configuration is not what its digest says");
            if (!decision.Policies.SequenceEqual(kept.Layers.Select(layer => new PolicyReference(layer.Name, layer.Digest)))) throw Refusal.Bad("the policies are not the decision's");
        }

        private void CheckSubjects(KeptInputs inputs, params Statement[] statements)
        {
            proof.Enter("artifact");
            var expected = ReleaseProof.Subjects(inputs.Release).Select(subject => (subject.Name, subject.Digest.ToString())).ToList();
            foreach (var statement in statements)
                if (!statement.Subjects.Select(subject => (subject.Name, subject.Digests is { Count: 1 } && subject.Digests.TryGetValue("sha256", out var hex) ? "sha256:" + hex : "")).SequenceEqual(expected))
                    throw Refusal.Bad("a statement of the proof is about something else than the decision");
            proof.Facts = proof.Facts with { PredicateType = ReleaseProof.PredicateType, Subjects = statements[0].Subjects };
            if (policy.Artifact.Count == 0) proof.NotAsked("artifact", $"no artifact was given; the proof is about {expected.Count} digests");
            else if (statements[0].Find(policy.Artifact) is { } subject) proof.Proven($"{JsonFields.Shown(subject.Name)} has the digest {policy.Artifact[0]}");
            else throw new Refusal(VerificationError.MismatchHash, $"the proof is about nothing with the digest {policy.Artifact[0]}");
        }

        private void CheckSummary(GateDecided decision, KeptInputs inputs, Statement statement, Dictionary<string, byte[]> pieces)
        {
            proof.Enter("summary");
            var summary = statement.Predicate ?? throw Refusal.Bad("the summary says nothing");
            var (result, level) = (summary.RequiredText("verificationResult"), ReleaseProof.LevelOf(decision, inputs, pieces));
            if (result != (decision.Verdict == GateVerdict.Allow ? "PASSED" : "FAILED")) throw Refusal.Bad("the summary says something else than the decision");
            if (summary.RequiredText("resourceUri") != ReleaseProof.ResourceOf(inputs.Release)) throw Refusal.Bad("the summary is about another release or environment");
            if (summary.List("verifiedLevels") is not [{ ValueKind: JsonValueKind.String } only] || !only.ValueEquals(level)) throw Refusal.Bad($"the summary claims another level than the provenance proves ({level})");
            if (!JsonNode.DeepEquals(JsonNode.Parse(summary.Element.GetRawText()), ReleaseProof.Summary(decision, inputs, pieces, Digest.FromHash(Convert.FromHexString(proof.Facts.KeyDigest!))))) throw Refusal.Bad("the summary tells something else than the decision");
            proof.Proven($"the summary says {result}, {level}{ReleaseProof.WarnedText(decision)}");
        }

        /// <summary>Evidence with a certificate proves itself here too; with a plain key it does where that key is given.</summary>
        private void CheckEvidence(EvidenceRecord record, KeptInputs inputs, Dictionary<string, byte[]> pieces)
        {
            proof.Enter("evidence");
            var name = $"{record.Kind.Word()} {record.Id.Short}";
            if (inputs.Unreadable.Contains(record.Id) && !record.Kind.ProvesItself())
            {
                proof.NotAsked("evidence", $"{name} is signed, and was not read: nobody listened to who brought it, or it was lost");
                return;
            }
            if (inputs.Unreadable.Contains(record.Id) || EvidenceFactsText.TryRead(pieces[record.Facts.Value]) is not { Signer: { } signer } facts) throw Refusal.Bad($"{name} names no signer");
            var content = pieces[record.Content.Digest.Value];
            var given = policy.Signers.FirstOrDefault(expected => expected.Key is { } key && key.Digest == signer.Key?.Hex);
            if (signer.Key is not null && given is null)
            {
                proof.NotAsked("evidence", $"{name} is signed with the key {signer.Key.Value.Short}, which was not given");
                return;
            }
            var expected = given ?? ExpectedSigner.Identity(signer.Identity ?? "", signer.Issuer ?? "");
            var about = facts.Names is [var named, ..] ? named : record.Subject;
            var verified = Verify(record, content, new() { Artifact = [new("sha256", about.Hex)], Signers = [expected], Provenance = ProofEvidence.Asked(facts, content) });
            if (!verified.Accepted) throw Refusal.Bad($"{name} does not hold: {verified.Reason}");
            if (signer.Key is null && verified.Facts.Signer != signer.Identity) throw Refusal.Bad($"{name} is signed by '{JsonFields.Shown(verified.Facts.Signer ?? "")}', the decision says by '{JsonFields.Shown(signer.Identity ?? "")}'");
            if (signer.Source is { } source && verified.Facts.SourceRepository != source) throw Refusal.Bad($"{name} was signed in a run of '{JsonFields.Shown(verified.Facts.SourceRepository ?? "an unnamed source")}', the decision says of '{JsonFields.Shown(source)}'");
            if (!ProofEvidence.Backs(verified.Facts.Build, facts)) throw Refusal.Bad($"{name} proves another build than the decision was made on");
            proof.Proven($"{name} holds: by {JsonFields.Shown(signer.ToString())}");
        }

        private VerificationResult Verify(EvidenceRecord record, byte[] content, VerificationPolicy asked) => SignedFiles.KindOf(content) switch
        {
            SignedFileKind.ImageSignature => SignedFiles.VerifyImage(content, root, asked, now),
            SignedFileKind.Notation => ProofEvidence.VerifyNotation(content, asked, record.At),
            _ => BundleVerifier.Verify(content, root, asked, now),
        };

        private void CheckVerdict(GateDecided decision)
        {
            proof.Enter("verdict");
            if (environment is not null && decision.Environment != environment) throw new Refusal(VerificationError.NotAllowed, $"the proof is of the gates of {JsonFields.Shown(decision.Environment)}; expected those of {JsonFields.Shown(environment)}");
            if (decision.Verdict != GateVerdict.Allow) throw new Refusal(VerificationError.NotAllowed, $"the gates of {JsonFields.Shown(decision.Environment)} did not allow {JsonFields.Shown(decision.Release)}: {decision.Verdict}");
            proof.Proven($"the gates of {JsonFields.Shown(decision.Environment)} allowed {JsonFields.Shown(decision.Release)} at {decision.At:u}{ReleaseProof.WarnedText(decision)}");
        }
    }
}
