using Microsoft.AspNetCore.Http.Features;
using Signalbox.Delivery;
using Signalbox.Server.Access;
using Signalbox.Server.Http;

namespace Signalbox.Server.Endpoints;

internal static class ReleaseEndpoints
{
    private const int MostShown = 20;

    public const string DigestHeader = "X-Signalbox-Digest";

    private static readonly Parameter Digest = new("digest", "path", "string", "sha256: and 64 hex digits", Required: true);

    public static IEnumerable<ApiEndpoint> Of(ServerParts parts)
    {
        var json = ApiRequest.Json;
        var plane = parts.ControlPlane;
        yield return new("HEAD", "/api/v1/artifacts/{digest}", "hasArtifact", Scope.Deploy, "Whether an artifact is there (200) or not (404)", async request =>
            request.Http.Response.StatusCode = await plane.HasArtifactAsync(request.Digest("digest", request.Route("digest")), request.Cancel).ConfigureAwait(false) ? 200 : 404)
        { Reach = Reach.Nobodys, Parameters = [Digest] };

        yield return new("POST", "/api/v1/artifacts", "addArtifact", Scope.Deploy, "Upload an artifact as a tar stream", request => UploadAsync(parts, request))
        {
            Reach = Reach.Nobodys,
            Parameters = [new(DigestHeader, "header", "string", "the artifact's digest, which the upload must have", Required: true)],
            RawBody = "application/x-tar",
            Status = 201,
            Answer = json.ArtifactUploaded,
        };

        yield return new("POST", "/api/v1/releases", "createRelease", Scope.Deploy, "Freeze artifacts and configuration as a release", async request =>
        {
            var body = await request.BodyAsync(json.CreateRelease).ConfigureAwait(false);
            request.Confine(ApiRequest.Required(body.Application, "application"), null);
            ApiRequest.Required(body.Artifacts, "artifacts");
            ApiRequest.Required(body.Environments, "environments");
            if (ReleaseRules.Check(body.Application, body.Environments) is { Count: > 0 } wrong)
                throw new ApiException(400, "release-invalid", $"the release is wrong: {string.Join("; ", wrong.Take(MostShown))}", "signalbox check   # names the lines of signalbox.yaml");
            if (body.Once is { } key && !ReleaseKey.IsKey(key))
                throw new ApiException(400, "release-key-invalid", $"once is '{ReleaseRules.Shown(key)}'; expected {ReleaseKey.Expected}", "signalbox deploy --once 4711");
            var (release, existed) = await plane.CreateReleaseAsync(body with { Source = Clean(body.Source), Owners = Clean(body.Owners) }, request.Principal, request.Cancel).ConfigureAwait(false);
            await request.AnswerAsync(release, json.Release, existed ? 200 : 201).ConfigureAwait(false);
        })
        { Reach = Reach.Confined, Body = json.CreateRelease, Example = Examples.CreateRelease, Status = 201, Answer = json.Release };

        yield return new("GET", "/api/v1/releases", "listReleases", Scope.Read, "Releases, newest first", async request =>
            await request.AnswerAsync(
                [.. (await plane.ReleasesAsync(request.OfApplication, request.Number("limit", 50, 1000), request.Cancel).ConfigureAwait(false)).Select(release => Shown(request, release))],
                json.IReadOnlyListRelease).ConfigureAwait(false))
        { Reach = Reach.Confined, Parameters = [Parameters.OfApplication, Parameters.Limit], Answer = json.IReadOnlyListRelease };

        yield return new("GET", "/api/v1/releases/{id}", "getRelease", Scope.Read, "One release", async request =>
            await request.AnswerAsync(Shown(request, await FindAsync(parts, request, request.Route("id")).ConfigureAwait(false)), json.Release).ConfigureAwait(false))
        { Reach = Reach.Confined, Parameters = [Parameters.Id], Answer = json.Release };

        yield return new("POST", "/api/v1/releases/{id}/promote", "promoteRelease", Scope.Deploy, "Take a release on into its next environment: the same digests, nothing is built", async request =>
        {
            var body = await request.BodyAsync(json.PromoteRelease).ConfigureAwait(false);
            ApiRequest.Required(body.To, "to");
            if (!request.Caller.Bound.IsNone) request.Confine((await FindAsync(parts, request, request.Route("id")).ConfigureAwait(false)).Application, body.To);
            var rollout = await parts.Desk.DecideAsync(() => plane.PromoteAsync(request.Route("id"), body, request.Principal, request.Cancel), request.Cancel).ConfigureAwait(false);
            await request.AnswerAsync(request.MaySeeLogs ? rollout : LogTails.Withheld(rollout), json.RolloutView, 201).ConfigureAwait(false);
        })
        { Reach = Reach.Confined, Parameters = [Parameters.Id], Body = json.PromoteRelease, Example = Examples.PromoteRelease, Status = 201, Answer = json.RolloutView };
    }

    /// <summary>A token for one environment sees how a release runs there: the variables of others may be nobody's business.</summary>
    private static Release Shown(ApiRequest request, Release release) => request.Caller.Bound.Environment is { } name
        ? release with { Environments = [.. release.Environments.Where(environment => environment.Name == name)] }
        : release;

    /// <summary>The release, where there is one and the caller's token is for it.</summary>
    public static async Task<Release> FindAsync(ServerParts parts, ApiRequest request, string id)
    {
        var release = ApiRequest.Found(await parts.ControlPlane.ReleaseAsync(id, request.Cancel).ConfigureAwait(false), "release", id);
        request.Confine(release.Application, null);
        return release;
    }

    /// <summary>A commit goes into the ledger and onto terminals: hex digits, and a subject without control characters.</summary>
    private static SourceRevision? Clean(SourceRevision? source)
    {
        if (source is null) return null;
        if (!IsCommit(source.Commit)) throw new ApiException(400, "release-invalid", "source.commit is not a commit; expected 7 to 64 hex digits");
        if (source.Earlier is { } earlier && (earlier.Count > SourceRevision.MostEarlier || earlier.Any(commit => !IsCommit(commit?.Commit))))
            throw new ApiException(400, "release-invalid", $"source.earlier has {earlier.Count} entries, or one that is no commit; expected at most {SourceRevision.MostEarlier} commits of 7 to 64 hex digits");
        return source with { Subject = source.Subject is { } subject ? string.Concat(subject.Take(200).Select(c => char.IsControl(c) ? ' ' : c)) : null };
    }

    private static bool IsCommit(string? text) => text is { Length: >= 7 and <= 64 } && text.All(char.IsAsciiHexDigit);

    private static SortedDictionary<string, string>? Clean(IReadOnlyDictionary<string, string>? owners) => owners is null or { Count: 0 } ? null : new(
        owners.Take(MostShown).Where(owner => owner.Key.Length <= 63 && owner.Value is not null)
            .ToDictionary(owner => owner.Key, owner => string.Concat(owner.Value.Take(200).Select(c => char.IsControl(c) ? ' ' : c))), StringComparer.Ordinal);

    private static async Task UploadAsync(ServerParts parts, ApiRequest request)
    {
        var digest = request.Digest(DigestHeader, request.Http.Request.Headers[DigestHeader]);
        var limit = request.Http.Features.GetRequiredFeature<IHttpMaxRequestBodySizeFeature>();
        limit.MaxRequestBodySize = parts.Options.MaxUpload;
        if (request.Http.Request.ContentLength > parts.Options.MaxUpload)
            throw new ApiException(413, "body-too-large", $"the artifact has {request.Http.Request.ContentLength} bytes; at most {parts.Options.MaxUpload} are taken");
        var uploaded = await parts.ControlPlane.AddArtifactAsync(digest, request.Http.Request.Body, request.Cancel).ConfigureAwait(false);
        await request.AnswerAsync(uploaded, ApiRequest.Json.ArtifactUploaded, uploaded.Existed ? 200 : 201).ConfigureAwait(false);
    }
}
