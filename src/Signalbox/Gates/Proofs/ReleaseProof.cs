using System.Text.Json;
using System.Text.Json.Nodes;
using Signalbox.Delivery;
using Signalbox.Delivery.Policies;
using Signalbox.Evidence;
using Signalbox.Evidence.Signing;
using Signalbox.Evidence.Verification;
using Signalbox.Gates.BuiltIn;

namespace Signalbox.Gates.Proofs;

/// <summary>What a proof is made of.</summary>
/// <param name="Sequence">The decision's place in the ledger.</param>
/// <param name="Principal">For whom it was decided.</param>
/// <param name="LedgerHead"><c>SEQUENCE:HASH</c> when it was exported.</param>
public sealed record ReleaseProofSource(GateDecided Decision, long Sequence, string Principal, string LedgerHead);

/// <summary>A proof cannot be made.</summary>
/// <param name="id">kebab-case and stable, as a finding's.</param>
public sealed class ReleaseProofException(string id, string message) : Exception(message)
{
    public string Id { get; } = id;
}

/// <summary>
/// Writes a release's proof (docs/spec/release-proof.md): one file with a signed statement of the decision, a signed
/// Verification Summary Attestation (slsa.dev, "VSA" v1), and all that the decision was made of, each under its digest.
/// </summary>
public static class ReleaseProof
{
    public const string MediaType = "application/vnd.signalbox.release-proof.v1+json", PredicateType = "urn:signalbox:release-proof:v1",
        SummaryType = "https://slsa.dev/verification_summary/v1", SlsaVersion = "1.1";

    /// <summary>All contents together; a JSON file with them in base64 stays below what a reader takes.</summary>
    public const long MostContent = 40L << 20;

    /// <returns>The file, JSON.</returns>
    /// <exception cref="ReleaseProofException">Something that the decision was made of is lost, or too much for one file.</exception>
    public static async Task<byte[]> WriteAsync(ReleaseProofSource source, IContentStore contents, SigningKey key, CancellationToken cancel)
    {
        var decision = source.Decision;
        var inputs = await contents.ReadAsync(decision.Inputs, GateArchive.MostInputs, cancel).ConfigureAwait(false) is { } bytes ? GateEvents.Read(bytes) : null;
        if (inputs is null) throw new ReleaseProofException("gate-inputs-lost", $"the inputs of decision {source.Sequence} are lost or damaged");
        var pieces = new SortedDictionary<string, byte[]>(StringComparer.Ordinal);
        foreach (var digest in Needed(decision, inputs)) pieces[digest.Value] = await PieceAsync(contents, digest, pieces.Values.Sum(piece => piece.LongLength), cancel).ConfigureAwait(false);
        var file = new JsonObject
        {
            ["mediaType"] = MediaType,
            ["proof"] = Envelope(Statement(inputs, PredicateType, Predicate(source, inputs)), key),
            ["summary"] = Envelope(Statement(inputs, SummaryType, Summary(source.Decision, inputs, pieces, Digest.Of(key.Spki.Span))), key),
            ["contents"] = new JsonObject(pieces.Select(piece => KeyValuePair.Create(piece.Key, (JsonNode?)Convert.ToBase64String(piece.Value)))),
        };
        return CanonicalJson.Of(file);
    }

    /// <summary>Everything by digest that a reader needs to decide again and to look at the evidence itself.</summary>
    internal static IReadOnlyList<Digest> Needed(GateDecided decision, KeptInputs inputs) =>
        [.. new[] { decision.Inputs }.Concat(inputs.Records.Where(record => !inputs.Unreadable.Contains(record.Id)).SelectMany(record => new[] { record.Facts, record.Content.Digest })).Distinct()];

    /// <summary>Content of evidence that was not read, since nobody listened to who brought it or since it was lost: proofs of versions before have it.</summary>
    internal static IEnumerable<Digest> Unread(KeptInputs inputs) => inputs.Records.Where(record => inputs.Unreadable.Contains(record.Id)).Select(record => record.Content.Digest);

    private static async Task<byte[]> PieceAsync(IContentStore contents, Digest digest, long before, CancellationToken cancel)
    {
        var piece = await contents.ReadAsync(digest, (int)MostContent, cancel).ConfigureAwait(false)
            ?? throw new ReleaseProofException("evidence-content-lost", $"the content {digest} is lost, damaged or larger than {MostContent >> 20} MiB, so the proof would not be whole");
        return before + piece.Length <= MostContent ? piece : throw new ReleaseProofException("release-proof-too-large", $"the evidence has more than {MostContent >> 20} MiB, which is the most of one file");
    }

    private static byte[] Statement(KeptInputs inputs, string type, JsonNode predicate) =>
        StatementWriter.Write([.. Subjects(inputs.Release)], type, CanonicalJson.Of(predicate));

    /// <summary>The artifact of each of the environment's services, and the release as a whole: no gate was asked about another.</summary>
    internal static IEnumerable<(string Name, ArtifactDigest Digest)> Subjects(ReleaseFacts release) =>
        release.Asked.Select(artifact => (artifact.Key, new ArtifactDigest("sha256", artifact.Value.Hex))).Append((release.Id, new("sha256", release.Content.Hex)));

    private static JsonObject Predicate(ReleaseProofSource source, KeptInputs inputs) => new()
    {
        ["release"] = inputs.Release.Id,
        ["application"] = inputs.Release.Application,
        ["environment"] = source.Decision.Environment,
        ["sequence"] = source.Sequence,
        ["principal"] = source.Principal,
        ["ledgerHead"] = source.LedgerHead,
        ["decision"] = JsonSerializer.SerializeToNode(source.Decision, GateJson.Default.GateDecided),
    };

    /// <param name="key">Of the control plane's ledger key.</param>
    internal static JsonObject Summary(GateDecided decision, KeptInputs inputs, IReadOnlyDictionary<string, byte[]> pieces, Digest key) => new()
    {
        ["verifier"] = new JsonObject { ["id"] = $"urn:signalbox:ledger-key:sha256:{key.Hex}" },
        ["timeVerified"] = decision.At.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture),
        ["resourceUri"] = ResourceOf(inputs.Release),
        ["policy"] = PolicyOf(decision),
        ["inputAttestations"] = new JsonArray([.. Accepted(decision, inputs).Select(record => new JsonObject
        {
            ["uri"] = $"urn:signalbox:evidence:{record.Id}",
            ["digest"] = new JsonObject { ["sha256"] = record.Content.Digest.Hex },
        })]),
        ["verificationResult"] = decision.Verdict == GateVerdict.Allow ? "PASSED" : "FAILED",
        ["verifiedLevels"] = new JsonArray(LevelOf(decision, inputs, pieces)),
        ["slsaVersion"] = SlsaVersion,
        // a field of ours, named as the specification asks: that it passed does not say that every gate liked it
        ["signalbox_warned"] = new JsonArray([.. Warned(decision).Select(gate => (JsonNode)gate)]),
    };

    /// <summary>Gates that would have stopped the release if their policy enforced them, by name.</summary>
    internal static IReadOnlyList<string> Warned(GateDecided decision) => [.. decision.Results.Where(result => result.Warns).Select(result => result.Gate).Distinct(StringComparer.Ordinal)];

    /// <summary>", 2 gates only warned: coverage, tests"; empty where none did.</summary>
    internal static string WarnedText(GateDecided decision) => Warned(decision) is { Count: > 0 and var count } gates
        ? $"; {count} {(count == 1 ? "gate" : "gates")} only warned: {string.Join(", ", gates)}"
        : "";

    /// <summary>Signed evidence that holds and that a gate let count: what failed, or is anybody's, is no input of what passed.</summary>
    private static IEnumerable<EvidenceRecord> Accepted(GateDecided decision, KeptInputs inputs)
    {
        var counted = decision.Results.SelectMany(result => result.Lines).Where(line => line.Verdict == GateVerdict.Allow).SelectMany(line => line.Evidence).ToHashSet();
        return inputs.Records.Where(record => record.Verification.Verdict == VerificationVerdict.Verified && counted.Contains(record.Id));
    }

    internal static string ResourceOf(ReleaseFacts release) => $"urn:signalbox:release:{Uri.EscapeDataString(release.Id)}:{Uri.EscapeDataString(release.Environment)}";

    private static JsonObject PolicyOf(GateDecided decision)
    {
        var policies = decision.Policies.Where(reference => reference.Digest is not null).Select(Named).ToList();
        if (policies.Count <= 1) return policies.Count == 1 ? policies[0] : new JsonObject { ["uri"] = "urn:signalbox:policy:built-in" };
        // each had its say by itself: one digest over all of them, and which they are
        var all = new JsonArray([.. policies]);
        return new()
        {
            ["uri"] = $"urn:signalbox:policies:{string.Join(',', decision.Policies.Where(reference => reference.Digest is not null).Select(reference => Uri.EscapeDataString(reference.Name)))}",
            ["digest"] = new JsonObject { ["sha256"] = Digest.Of(CanonicalJson.Of(all)).Hex },
            ["annotations"] = new JsonObject { ["policies"] = all },
        };
    }

    private static JsonObject Named(PolicyReference policy) => new()
    {
        ["uri"] = $"urn:signalbox:policy:{Uri.EscapeDataString(policy.Name)}",
        ["digest"] = new JsonObject { ["sha256"] = policy.Digest!.Value.Hex },
    };

    /// <summary>
    /// The lowest of what provenance proves for each artifact, where a policy accepted it: in each policy that asked, by what its
    /// gate let count. Not evaluated where one has none, or only a builder's claim, or where no policy asked. What a release's own
    /// file accepts is its submitter's word.
    /// </summary>
    internal static string LevelOf(GateDecided decision, KeptInputs inputs, IReadOnlyDictionary<string, byte[]> pieces)
    {
        var rules = inputs.Layers.Where(layer => layer.Policy is not null).DistinctBy(layer => layer.Name).ToDictionary(layer => layer.Name, layer => layer.Policy!.Rule(GateTable.Provenance), StringComparer.Ordinal);
        var accepted = decision.Results.Where(result => result.Gate == GateTable.Provenance && rules.ContainsKey(result.Layer))
            .Select(result => (Rule: rules[result.Layer], Facts: Proven(inputs, pieces, [.. result.Lines.Where(line => line.Verdict == GateVerdict.Allow).SelectMany(line => line.Evidence)]))).ToList();
        var levels = inputs.Release.Asked.Select(artifact => artifact.Value).Distinct()
            .SelectMany(artifact => accepted.Select(proven => proven.Facts.Where(fact => fact.Names.Contains(artifact)).Select(fact => ProvenanceGate.Proven(proven.Rule, fact)).DefaultIfEmpty(0).Max())).ToList();
        return levels.Count > 0 && levels.Min() is > 0 and var level ? $"SLSA_BUILD_LEVEL_{level}" : "SLSA_BUILD_LEVEL_UNEVALUATED";
    }

    private static List<ProvenanceFact> Proven(KeptInputs inputs, IReadOnlyDictionary<string, byte[]> pieces, HashSet<Digest> accepted) =>
        [.. inputs.Records.Where(record => accepted.Contains(record.Id) && !inputs.Unreadable.Contains(record.Id)).Select(record => EvidenceFactsText.TryRead(pieces[record.Facts.Value])).OfType<ProvenanceFact>()];

    private static JsonObject Envelope(byte[] statement, SigningKey key) => new()
    {
        ["payloadType"] = "application/vnd.in-toto+json",
        ["payload"] = Convert.ToBase64String(statement),
        ["signatures"] = new JsonArray(new JsonObject { ["keyid"] = Digest.Of(key.Spki.Span).Value, ["sig"] = Convert.ToBase64String(key.Sign(SignedContent.Statement(statement).Signed)) }),
    };
}
