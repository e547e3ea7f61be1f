using System.Text.Json.Nodes;

namespace Signalbox.Delivery;

/// <summary>
/// The digest of what a release is made of: application, artifacts and source. Two releases of the same content share it,
/// whatever their number, so that evidence and approvals of the one count for the other and for nothing else.
/// </summary>
public static class ReleaseDigest
{
    /// <summary>SHA-256 of the canonical JSON of <c>application</c>, <c>artifacts</c> (service to digest), <c>commit</c> and <c>dirty</c>.</summary>
    public static Digest Of(Release release) => Of(release.Application, release.Artifacts, release.Source);

    public static Digest Of(string application, IReadOnlyDictionary<string, Digest> artifacts, SourceRevision? source)
    {
        var content = new JsonObject
        {
            ["type"] = "signalbox.release/1",
            ["application"] = application,
            ["artifacts"] = new JsonObject(artifacts.Select(artifact => KeyValuePair.Create(artifact.Key, (JsonNode?)artifact.Value.Value))),
        };
        if (source is not null) (content["commit"], content["dirty"]) = (source.Commit, source.Dirty);
        return Digest.Of(CanonicalJson.Of(content));
    }
}
