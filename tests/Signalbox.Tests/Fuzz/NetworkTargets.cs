using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Signalbox.Delivery;
using Signalbox.Evidence.Registries;
using Signalbox.Evidence.Signing;
using Signalbox.Evidence.Verification;
using Signalbox.Evidence.Verification.Trust;
using Signalbox.Outbound;
using Signalbox.Tests.Evidence.Verification;
using Signalbox.Tests.Evidence.Verification.Local;
using Signalbox.Tests.Outbound;

namespace Signalbox.Tests.Fuzz;

/// <summary>What servers answer, from the socket on: a registry that is searched for evidence, and a timestamp authority that is asked to stamp.</summary>
internal static class NetworkTargets
{
    private static byte[] s_stamp = [];
    private static RegistryAnswers? s_answers;
    private static readonly LocalSigstore s_instance = LocalSamples.Instance;
    private static readonly TrustedRoot s_root = s_instance.TrustedRoot();
    private static readonly SigningKey s_key = SigningKey.Create();
    private static readonly Lazy<LoopbackServer> s_registry = new(() => new(request => s_answers?.Of(request) ?? LoopbackAnswer.Text(404, "{}", "application/json")));
    private static readonly Lazy<LoopbackServer> s_authority = new(() => new(_ => new(200, "application/timestamp-reply", s_stamp)));

    // IMAGE, ABOUT and BLOB stand for the digests of what is served, so that damage does not end at the first digest
    private const string Registry = """
        {"type":"application/vnd.oci.image.manifest.v1+json","listType":"application/vnd.oci.image.index.v1+json","link":"","blob":"{}",
         "image":{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":{"mediaType":"x","digest":"BLOB","size":2},"layers":[]},
         "list":{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[{"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"ABOUT","size":1}]},
         "about":{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":{"mediaType":"x","digest":"BLOB","size":2},
          "layers":[{"mediaType":"application/vnd.cyclonedx+json","digest":"BLOB","size":2,"annotations":{"a":"b"}}],"subject":{"mediaType":"z","digest":"IMAGE","size":4}}}
        """;

    public static IReadOnlyList<FuzzTarget> All { get; } =
    [
        FuzzTarget.Of("evidence-discovery", Discovery, () => [Encoding.UTF8.GetBytes(Registry)]),
        FuzzTarget.Of("timestamp-answer", Timestamp, () => [s_instance.Timestamps.Stamp([1, 2, 3], LocalSigstore.SignedAt, true), [0x30, 0x05, 0x30, 0x03, 0x02, 0x01, 0x02]]),
    ];

    /// <summary>What is found has the digest that it was listed by; anything else is a refusal in words.</summary>
    private static string Discovery(byte[] bytes)
    {
        if (Answers(bytes) is not { } answers) return "no answers";
        s_answers = answers;
        if (!ImageReference.TryParse($"{s_registry.Value.Authority}/app:1", out var image)) throw new InvalidOperationException("the registry's address is no image's");
        using var client = new OutboundClient(RegistryClient.RulesFor(image!, false));
        try
        {
            var found = new EvidenceDiscovery(new(client, image!)).FindAsync(CancellationToken.None).GetAwaiter().GetResult();
            if (found.Evidence.Any(piece => !piece.Content.AsSpan().SequenceEqual(answers.Blob))) throw new FuzzFaultException("a piece has other bytes than were listed");
            return $"{Math.Min(found.Evidence.Count, 3)} found, {Math.Min(found.NotUnderstood.Count, 3)} not understood";
        }
        catch (RegistryException e)
        {
            return $"{e.Failure}: {e.Message.Replace(s_registry.Value.Authority, "r", StringComparison.Ordinal)}";
        }
    }

    private static RegistryAnswers? Answers(byte[] bytes)
    {
        try
        {
            return JsonNode.Parse(bytes) is JsonObject document ? RegistryAnswers.Read(document) : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or ArgumentException)
        {
            // the damaged input is no table of answers: nothing can be served
            return null;
        }
    }

    private sealed record RegistryAnswers(string Type, string ListType, string Link, byte[] Image, byte[] List, byte[] About, byte[] Blob)
    {
        public static RegistryAnswers Read(JsonObject document)
        {
            var blob = Encoding.UTF8.GetBytes(Text(document["blob"]));
            byte[] Part(string name, params (string Word, byte[] Bytes)[] known) =>
                Encoding.UTF8.GetBytes(known.Aggregate(document[name]?.ToJsonString() ?? "", (text, one) => text.Replace(one.Word, Digest.Of(one.Bytes).Value, StringComparison.Ordinal)));
            var image = Part("image", ("BLOB", blob));
            var about = Part("about", ("BLOB", blob), ("IMAGE", image));
            return new(Header(document["type"]), Header(document["listType"]), Header(document["link"]), image, Part("list", ("ABOUT", about)), about, blob);
        }

        public LoopbackAnswer? Of(LoopbackRequest request) => request.Path switch
        {
            "/v2/app/manifests/1" => new(200, Type, Image),
            var path when path == $"/v2/app/manifests/{Digest.Of(About)}" => new(200, Type, About),
            var path when path == $"/v2/app/blobs/{Digest.Of(Blob)}" => new(200, "application/octet-stream", Blob),
            var path when path.StartsWith("/v2/app/referrers/", StringComparison.Ordinal) => new(200, ListType, List) { Headers = Link.Length == 0 ? [] : [("Link", Link)] },
            _ => null,
        };

        private static string Text(JsonNode? node) => node is JsonValue value && value.TryGetValue<string>(out var text) ? text : "";

        private static string Header(JsonNode? node) => Text(node) is var text && text.Length > 2000 ? text[..2000] : Text(node);
    }

    /// <summary>A stamp for another signature, or none at all, makes no bundle that holds.</summary>
    private static string Timestamp(byte[] bytes)
    {
        s_stamp = bytes;
        var plan = new SigningPlan(null, null, s_authority.Value.Address);
        using var services = SigningServices.Create(plan);
        try
        {
            var bundle = new BundleSigner(services, plan).SignAsync(SignedContent.Message("hello\n"u8.ToArray()), s_key, CancellationToken.None).GetAwaiter().GetResult();
            var policy = new VerificationPolicy { Signers = [ExpectedSigner.Holder(TrustedKey.FromPem(s_key.PublicPem))], ArtifactBytes = "hello\n"u8.ToArray(), Artifact = [LocalSamples.Digests[0]] };
            var result = BundleVerifier.Verify(bundle, s_root, policy, LocalSigstore.SignedAt.AddDays(1));
            return result.Accepted ? throw new FuzzFaultException("a stamp that is not over the signature was taken") : VerificationTargets.Foreseen(result);
        }
        catch (SigningServiceException e)
        {
            return e.Message.Replace(s_authority.Value.Authority, "tsa", StringComparison.Ordinal);
        }
    }
}
