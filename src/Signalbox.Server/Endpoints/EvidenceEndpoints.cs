using System.Text;
using Microsoft.AspNetCore.Http.Features;
using Signalbox.Api;
using Signalbox.Delivery;
using Signalbox.Evidence;
using Signalbox.Gates;
using Signalbox.Ledger;
using Signalbox.Server.Access;
using Signalbox.Server.Http;

namespace Signalbox.Server.Endpoints;

internal static class EvidenceEndpoints
{
    /// <summary>Records of one principal about one subject: a folder has as many files, and nobody takes the room of others.</summary>
    private const int MostRecords = 200;

    /// <summary>One part in so many of the store is the most that one principal's evidence takes: whoever fills it fills it for all.</summary>
    private const int ShareOfOne = 2;

    private const int MostReleases = 1000, ShortestId = 8;

    /// <summary>Base64 of a PEM: a header has no line breaks.</summary>
    public const string KeyHeader = "X-Signalbox-Public-Key";

    public static IEnumerable<ApiEndpoint> Of(ServerParts parts)
    {
        var json = ApiRequest.Json;
        yield return new("POST", "/api/v1/evidence", "addEvidence", Scope.Evidence, "Hand in evidence about a release or a digest", request => AddAsync(parts, request))
        {
            Reach = Reach.Confined,
            Parameters =
            [
                new("kind", "query", "string", $"one of {string.Join(", ", EvidenceKinds.Words)}; told by the content where it is left out"),
                new("name", "query", "string", "the file's name", Required: true),
                new("release", "query", "string", "the release it is about"),
                new("subject", "query", "string", "or the digest it is about"),
                new("origin", "query", "string", "file, folder, registry or pipeline; default file"),
                new("check", "query", "boolean", "only say whether it would be taken"),
                new(KeyHeader, "header", "string", "base64 of the PEM that a keyed signature is checked with"),
            ],
            RawBody = "application/octet-stream",
            Status = 201,
            Answer = json.EvidenceView,
        };

        yield return new("GET", "/api/v1/evidence", "listEvidence", Scope.Read, "Evidence about a release or a digest, or all of it, newest last", async request =>
            await request.AnswerAsync([.. (await ListAsync(parts, request).ConfigureAwait(false)).Select(record => EvidenceView.Of(record, parts.Desk.Evidence.WithdrawalOf(record.Id)))], json.IReadOnlyListEvidenceView).ConfigureAwait(false))
        {
            Reach = Reach.Confined,
            Parameters = [new("release", "query", "string", "only about this release"), new("subject", "query", "string", "only about this digest"), Parameters.Limit],
            Answer = json.IReadOnlyListEvidenceView,
        };

        yield return new("GET", "/api/v1/evidence/{id}", "getEvidence", Scope.Read, "One piece of evidence with its facts", request => ShowAsync(parts, request))
        { Reach = Reach.Confined, Parameters = [Parameters.Id], Answer = json.EvidenceView };

        yield return new("GET", "/api/v1/evidence/{id}/content", "getEvidenceContent", Scope.Read, "Its content, byte by byte", request => ContentAsync(parts, request))
        { Reach = Reach.Confined, Parameters = [Parameters.Id], AnswerMedia = "application/octet-stream" };

        yield return new("POST", "/api/v1/evidence/{id}/withdraw", "withdrawEvidence", Scope.Approve, "It counts no longer; its record stays", request => WithdrawAsync(parts, request))
        { Reach = Reach.Confined, Parameters = [Parameters.Id], Body = json.WithdrawEvidence, Example = Examples.WithdrawEvidence, Answer = json.EvidenceView };
    }

    /// <summary>The digests that evidence may be about: the one asked for first, then the release's others.</summary>
    public static async Task<IReadOnlyList<Digest>> SubjectsAsync(ServerParts parts, ApiRequest request)
    {
        var subject = request.Query("subject") is { } text ? request.Digest("subject", text) : (Digest?)null;
        // a digest alone is nobody's: who is for one application names a release of it
        if (request.Query("release") is null) request.Confine(null, null);
        if (request.Query("release") is not { } id) return [subject ?? throw new ApiException(400, "parameter-invalid", "neither a release nor a subject is named; expected one of them", "signalbox evidence add FILE --release RELEASE")];
        var release = await ReleaseEndpoints.FindAsync(parts, request, id).ConfigureAwait(false);
        var subjects = Gatekeeper.SubjectsOf(release);
        if (subject is not { } chosen) return subjects;
        return subjects.Contains(chosen) ? [chosen, .. subjects.Where(other => other != chosen)] : throw new ApiException(409, "evidence-other-subject", $"{chosen} is no artifact of {id}; expected one of {string.Join(", ", subjects)}");
    }

    private static async Task AddAsync(ServerParts parts, ApiRequest request)
    {
        var subjects = await SubjectsAsync(parts, request).ConfigureAwait(false);
        var name = request.Query("name") ?? throw new ApiException(400, "parameter-invalid", "name is missing; expected the file's name");
        EvidenceKind? kind = request.Query("kind") is not { } word ? null : EvidenceKinds.TryParse(word, out var known) ? known
            : throw new ApiException(400, "parameter-invalid", $"kind is '{(word.Length > 40 ? word[..40] : word)}'; expected one of {string.Join(", ", EvidenceKinds.Words)}");
        if (parts.Desk.Evidence.About([subjects[0]]).Count(record => record.By == request.Principal) >= MostRecords)
            throw new ApiException(409, "evidence-too-much", $"{request.Principal} has handed in {MostRecords} pieces of evidence about {subjects[0]}; no more are taken", $"signalbox evidence list --subject {subjects[0]}");
        var share = parts.Desk.Capacity / ShareOfOne;
        if (parts.Desk.Evidence.BytesOf(request.Principal) is var used && used >= share)
            throw new ApiException(507, "evidence-share-used", $"evidence by {request.Principal} has {used >> 20:N0} MiB; one principal's has at most {share >> 20:N0} MiB, half of the store", "signalbox evidence list --all   # then: signalbox evidence withdraw ID");
        request.Http.Features.GetRequiredFeature<IHttpMaxRequestBodySizeFeature>().MaxRequestBodySize = EvidenceIntake.MostContent;
        var asked = new EvidenceAsked(kind, name, subjects, Key(request), parts.Options.Time.GetUtcNow()) { For = request.Caller.Bound.Application };
        LedgerEntry? appended = null;
        async Task AppendAsync(NewEntry entry)
        {
            appended = (await parts.ControlPlane.RecordAsync([entry], request.Cancel).ConfigureAwait(false))[0];
            parts.Desk.Apply(appended);
        }
        var taken = await parts.Desk.Intake.TakeAsync(request.Http.Request.Body, asked, new(Origin(request), name), request.Principal, request.Flag("check") == true ? null : AppendAsync, request.Cancel).ConfigureAwait(false);
        if (taken.Refusal is { } refusal) throw new ApiException(refusal.Id == ContentRefusedException.Full ? 507 : 409, refusal.Id, refusal.Message, refusal.Help);
        var record = taken.Existing ?? EvidenceEvents.RecordFrom(appended ?? Unrecorded(taken.Entry!, asked.Now))!;
        await AnswerAsync(parts, request, record, appended is null ? 200 : 201).ConfigureAwait(false);
    }

    /// <summary>What an entry would look like that is not appended.</summary>
    private static LedgerEntry Unrecorded(NewEntry entry, DateTimeOffset now) => new(0, entry.Stream, entry.Type, now, entry.Principal, entry.Data, "", "");

    private static Task AnswerAsync(ServerParts parts, ApiRequest request, EvidenceRecord record, int status) =>
        request.AnswerAsync(EvidenceView.Of(record, parts.Desk.Evidence.WithdrawalOf(record.Id)), ApiRequest.Json.EvidenceView, status);

    private static async Task<IReadOnlyList<EvidenceRecord>> ListAsync(ServerParts parts, ApiRequest request)
    {
        if (request.Query("release") is { } id)
        {
            // as its gates see it
            var release = await ReleaseEndpoints.FindAsync(parts, request, id).ConfigureAwait(false);
            return [.. parts.Desk.Evidence.About(await SubjectsAsync(parts, request).ConfigureAwait(false)).Where(record => record.IsFor(release.Application))];
        }
        request.Confine(null, null);
        if (request.Query("subject") is not null) return parts.Desk.Evidence.About(await SubjectsAsync(parts, request).ConfigureAwait(false));
        return [.. parts.Desk.Evidence.List(request.Number("limit", 50, 1000)).Reverse()];
    }

    private static async Task ShowAsync(ServerParts parts, ApiRequest request)
    {
        var record = await FindAsync(parts, request).ConfigureAwait(false);
        var facts = await parts.Desk.Contents.ReadAsync(record.Facts, EvidenceFactsText.Most, request.Cancel).ConfigureAwait(false);
        var view = EvidenceView.Of(record, parts.Desk.Evidence.WithdrawalOf(record.Id));
        await request.AnswerAsync(facts is null ? view : view with { Facts = new RawJson(facts) }, ApiRequest.Json.EvidenceView).ConfigureAwait(false);
    }

    private static async Task ContentAsync(ServerParts parts, ApiRequest request)
    {
        var record = await FindAsync(parts, request).ConfigureAwait(false);
        var content = parts.Desk.Contents.Open(record.Content.Digest) ?? throw new ApiException(404, "evidence-content-lost", $"the content of {record.Id} is not there any more");
        await using (content.ConfigureAwait(false))
        {
            request.Http.Response.ContentType = "application/octet-stream";
            request.Http.Response.Headers.ContentDisposition = "attachment";
            request.Http.Response.ContentLength = content.Length;
            await content.CopyToAsync(request.Http.Response.Body, request.Cancel).ConfigureAwait(false);
        }
    }

    private static async Task WithdrawAsync(ServerParts parts, ApiRequest request)
    {
        // it is gone for every environment
        if (request.Caller.Bound.Environment is not null) throw ApiRequest.NotFor(request.Caller.Bound);
        var record = await FindAsync(parts, request, toWithdraw: true).ConfigureAwait(false);
        var body = await request.BodyAsync(ApiRequest.Json.WithdrawEvidence).ConfigureAwait(false);
        var reason = Texts.Line(ApiRequest.Required(body.Reason, "reason"), "reason");
        // evidence may speak against a release: whoever brought it, or is its own approver, does not take it away again
        if (record.By == request.Principal) throw new ApiException(409, "evidence-own", $"{request.Principal} handed it in; expected somebody else to withdraw it", "signalbox evidence withdraw --help");
        var appended = (await parts.ControlPlane.RecordAsync([EvidenceEvents.Withdrawn(record.Id, reason, request.Principal)], request.Cancel).ConfigureAwait(false))[0];
        parts.Desk.Apply(appended);
        await AnswerAsync(parts, request, record, 200).ConfigureAwait(false);
    }

    /// <summary>
    /// The record, where the caller's token is for everything, or the record is its application's: handed in for it, or about one of its
    /// releases. What is about an artifact and for nobody alone is shown to whoever has a release with it, since its gates read it.
    /// </summary>
    private static async Task<EvidenceRecord> FindAsync(ServerParts parts, ApiRequest request, bool toWithdraw = false)
    {
        var record = Find(parts, request.Route("id"));
        if (request.Caller.Bound.Application is not { } application || record.For == application) return record;
        var releases = await parts.ControlPlane.ReleasesAsync(application, MostReleases, request.Cancel).ConfigureAwait(false);
        return record.For is null && releases.Any(release => toWithdraw ? ReleaseDigest.Of(release) == record.Subject : Gatekeeper.SubjectsOf(release).Contains(record.Subject))
            ? record
            : throw ApiRequest.NotFor(request.Caller.Bound);
    }

    /// <summary>By the whole id, or by enough of its beginning.</summary>
    private static EvidenceRecord Find(ServerParts parts, string id)
    {
        if (Digest.TryParse(id, out var digest)) return ApiRequest.Found(parts.Desk.Evidence.Find(digest), "evidence", id);
        var hex = id.StartsWith("sha256:", StringComparison.Ordinal) ? id[7..] : id;
        var found = hex.Length < ShortestId ? [] : parts.Desk.Evidence.List(int.MaxValue).Where(record => record.Id.Hex.StartsWith(hex, StringComparison.Ordinal)).Take(2).ToList();
        return found is [var only] ? only : throw new ApiException(404, "evidence-unknown", $"there is no single evidence '{(id.Length > 80 ? id[..80] : id)}'; expected its id, or at least {ShortestId} digits of it", "signalbox evidence list");
    }

    private static EvidenceOrigin Origin(ApiRequest request) => request.Query("origin") switch
    {
        null or "file" => EvidenceOrigin.File,
        "folder" => EvidenceOrigin.Folder,
        "registry" => EvidenceOrigin.Registry,
        "pipeline" => EvidenceOrigin.Pipeline,
        var other => throw new ApiException(400, "parameter-invalid", $"origin is '{(other.Length > 40 ? other[..40] : other)}'; expected file, folder, registry or pipeline"),
    };

    private static string? Key(ApiRequest request)
    {
        if (request.Http.Request.Headers[KeyHeader] is not [{ Length: > 0 } text]) return null;
        var bytes = new byte[16 << 10];
        return Convert.TryFromBase64String(text, bytes, out var length) ? Encoding.UTF8.GetString(bytes, 0, length) : throw new ApiException(400, "parameter-invalid", $"{KeyHeader} is not base64");
    }
}

/// <summary>Text from outside that goes into the ledger and onto terminals.</summary>
internal static class Texts
{
    public static string Line(string text, string what)
    {
        if (text.Length > 500) throw new ApiException(400, $"{what}-too-long", $"the {what} has {text.Length} characters; at most 500 are taken");
        return new([.. text.Select(c => char.IsControl(c) ? ' ' : c)]);
    }
}
