using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Signalbox.Evidence.Sboms;
using Signalbox.Evidence.Verification;
using Signalbox.Evidence.Verification.Provenance;

namespace Signalbox.Evidence.Signing;

/// <summary>
/// Writes SLSA provenance of version 1 (slsa.dev/spec/v1.0/provenance) about a local run. It proves level 1 and no more: the
/// machine, and whoever may use its key, is trusted. docs/spec/local-provenance.md says what each field means.
/// </summary>
internal static class LocalProvenance
{
    private static readonly JsonWriterOptions s_plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <returns>An in-toto statement, fit to be signed. The same run makes the same bytes.</returns>
    public static byte[] Statement(LocalBuild run) => StatementWriter.Write(run.Subjects, SlsaProvenance.Version1, Predicate(run));

    private static byte[] Predicate(LocalBuild run)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes, s_plain))
        {
            json.WriteStartObject();
            WriteDefinition(json, run);
            WriteDetails(json, run);
            json.WriteEndObject();
        }
        return bytes.ToArray();
    }

    private static void WriteDefinition(Utf8JsonWriter json, LocalBuild run)
    {
        json.WriteStartObject("buildDefinition");
        json.WriteString("buildType", BuildTypes.LocalRun);
        json.WriteStartObject("externalParameters");
        WriteResource(json, "configuration", run.Configuration.Path, run.Configuration.Digest);
        json.WriteStartArray("jobs");
        foreach (var job in run.Jobs) json.WriteStringValue(job);
        json.WriteEndArray();
        json.WriteStartObject("parameters");
        foreach (var (name, value) in run.Parameters.OrderBy(parameter => parameter.Key, StringComparer.Ordinal)) json.WriteString(name, value);
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteStartObject("internalParameters");
        if (run.Source is { } source) json.WriteBoolean("hasChanges", source.HasChanges);
        json.WriteEndObject();
        WriteDependencies(json, run);
        json.WriteEndObject();
    }

    /// <summary>The source comes first, as with every builder that is read here.</summary>
    private static void WriteDependencies(Utf8JsonWriter json, LocalBuild run)
    {
        json.WriteStartArray("resolvedDependencies");
        if (run.Source is { } source)
        {
            json.WriteStartObject();
            json.WriteString("uri", $"git+{LockAddresses.Plain(source.Repository)}{(source.Ref is null ? "" : "@" + source.Ref)}");
            json.WriteStartObject("digest");
            json.WriteString("gitCommit", source.Commit);
            json.WriteEndObject();
            json.WriteEndObject();
        }
        foreach (var (path, digest) in run.Lockfiles.OrderBy(file => file.Path, StringComparer.Ordinal)) WriteResource(json, null, path, digest);
        json.WriteEndArray();
    }

    private static void WriteResource(Utf8JsonWriter json, string? property, string path, ArtifactDigest digest)
    {
        if (property is null) json.WriteStartObject();
        else json.WriteStartObject(property);
        json.WriteString("name", path);
        json.WriteStartObject("digest");
        json.WriteString(digest.Algorithm, digest.Hex);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteDetails(Utf8JsonWriter json, LocalBuild run)
    {
        json.WriteStartObject("runDetails");
        json.WriteStartObject("builder");
        json.WriteString("id", BuildTypes.LocalBuilder);
        json.WriteStartObject("version");
        json.WriteString("signalbox", run.ToolVersion);
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteStartObject("metadata");
        json.WriteString("invocationId", run.InvocationId);
        json.WriteString("startedOn", Time(run.Started));
        json.WriteString("finishedOn", Time(run.Finished));
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static string Time(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
