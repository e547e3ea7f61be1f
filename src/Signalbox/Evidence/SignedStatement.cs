using System.Text;
using System.Text.Json;
using Signalbox.Delivery;
using Signalbox.Evidence.Verification;
using Signalbox.Evidence.Verification.Bundles;
using Signalbox.Evidence.Verification.Provenance;

namespace Signalbox.Evidence;

/// <summary>What provenance says of itself: claims, until a certificate or a policy backs them.</summary>
/// <param name="Repository">The source as <c>https://github.com/OWNER/REPO</c>.</param>
/// <param name="Parameters">Names of what came from outside the build.</param>
internal sealed record ProvenanceClaims(
    string Builder, string BuildType, string? Source, string? Repository, string? Ref, string? Commit, IReadOnlyList<string> Parameters);

/// <summary>The statement in a bundle. What it says counts once the signature over it holds.</summary>
/// <param name="Subjects">Those that are named by SHA-256.</param>
internal sealed record SignedStatement(string PredicateType, ProvenanceClaims? Claims, byte[]? Report, IReadOnlyList<Digest> Subjects)
{
    private static readonly string[] s_reports = ["https://cyclonedx.org/bom", "https://spdx.dev/Document", "https://openvex.dev/ns"];

    /// <summary>What cosign signs since version 3: a statement about a digest that claims nothing more.</summary>
    public const string CosignSignature = "https://sigstore.dev/cosign/sign/v1";

    public bool IsSignature => PredicateType == CosignSignature;

    public bool IsProvenance => SlsaProvenance.IsProvenance(PredicateType);

    /// <returns>Null where a plain message was signed.</returns>
    public static SignedStatement? Read(byte[] bundle)
    {
        try
        {
            var file = JsonFields.Parse(bundle, "the bundle");
            var content = file.Has("payload") ? BundleReader.ReadEnvelope(file) : BundleReader.Read(file).Content;
            if (content is not DsseEnvelope envelope) return null;
            var statement = Statement.Read(envelope);
            var predicate = statement.Predicate;
            var isReport = s_reports.Any(type => statement.PredicateType.StartsWith(type, StringComparison.Ordinal));
            return new(statement.PredicateType, predicate is { } claimed ? Read(statement.PredicateType, claimed) : null,
                isReport && predicate is { } wrapped ? Encoding.UTF8.GetBytes(wrapped.Element.GetRawText()) : null,
                [.. statement.Subjects.Select(subject => Digest.TryParse($"sha256:{subject.Digests.GetValueOrDefault("sha256")}", out var digest) ? digest : (Digest?)null).OfType<Digest>()]);
        }
        catch (Exception e) when (e is MalformedException or Refusal or JsonException or InvalidOperationException)
        {
            // the last for a name that is half a surrogate pair
            return new("something that cannot be read", null, null, []);
        }
    }

    private static ProvenanceClaims? Read(string type, JsonFields predicate)
    {
        try
        {
            return type switch
            {
                SlsaProvenance.Version1 => Read1(predicate),
                SlsaProvenance.Version02 => Read02(predicate),
                _ => null,
            };
        }
        catch (MalformedException)
        {
            return null;
        }
    }

    private static ProvenanceClaims Read1(JsonFields predicate)
    {
        var definition = predicate.RequiredObject("buildDefinition");
        var external = definition.Object("externalParameters");
        var dependency = definition.Objects("resolvedDependencies") is [var first, ..] ? first : (JsonFields?)null;
        var (uri, reference) = Split(dependency?.Text("uri"));
        var workflow = external?.Object("workflow");
        return new(
            predicate.RequiredObject("runDetails").RequiredObject("builder").RequiredText("id"), definition.RequiredText("buildType"), uri,
            workflow?.Text("repository") ?? Plain(uri), workflow?.Text("ref") ?? reference, dependency?.Object("digest")?.Text("gitCommit") ?? dependency?.Object("digest")?.Text("sha1"),
            [.. external is { } parameters ? parameters.Element.EnumerateObject().Select(parameter => JsonFields.Shown(parameter.Name)) : []]);
    }

    private static ProvenanceClaims Read02(JsonFields predicate)
    {
        var invocation = predicate.Object("invocation");
        var config = invocation?.Object("configSource");
        var (uri, reference) = Split(config?.Text("uri"));
        var parameters = invocation?.Object("parameters");
        return new(
            predicate.RequiredObject("builder").RequiredText("id"), predicate.RequiredText("buildType"), uri, Plain(uri), reference, config?.Object("digest")?.Text("sha1"),
            [.. parameters is { } given ? given.Element.EnumerateObject().Select(parameter => JsonFields.Shown(parameter.Name)) : []]);
    }

    private static (string? Uri, string? Ref) Split(string? uri) =>
        uri?.LastIndexOf("@refs/", StringComparison.Ordinal) is > 0 and var at ? (uri[..at], uri[(at + 1)..]) : (uri, null);

    private static string? Plain(string? uri) => uri is not null && uri.StartsWith("git+", StringComparison.Ordinal) ? uri["git+".Length..] : uri;
}
