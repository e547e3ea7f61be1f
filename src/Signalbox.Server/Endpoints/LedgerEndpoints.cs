using Signalbox.Api;
using Signalbox.Server.Access;
using Signalbox.Server.Http;

namespace Signalbox.Server.Endpoints;

internal static class LedgerEndpoints
{
    public static IEnumerable<ApiEndpoint> Of(ServerParts parts)
    {
        var json = ApiRequest.Json;
        yield return new("GET", "/api/v1/ledger/head", "getLedgerHead", Scope.Read, "The ledger's head and its newest signed checkpoint", request =>
            request.AnswerAsync(
                new LedgerHeadView(parts.Ledger.Head.ToString(), parts.Key.Id, parts.Key.PublicPem, parts.Checkpoints.LastCheckpoint()),
                json.LedgerHeadView))
        { Reach = Reach.Nobodys, Answer = json.LedgerHeadView };

        yield return new("GET", "/api/v1/ledger/entries", "getLedgerEntries", Scope.Read, "Ledger entries in order", request =>
            request.AnswerAsync(
                [.. parts.Ledger.Read(request.Sequence("after"), request.Number("limit", 100, 1000)).Select(LedgerEntryView.Of)],
                json.IReadOnlyListLedgerEntryView))
        {
            Parameters =
            [
                new("after", "query", "integer", "only entries with a sequence above this; default 0"),
                new("limit", "query", "integer", "at most this many; default 100, most 1000"),
            ],
            Answer = json.IReadOnlyListLedgerEntryView,
        };

        yield return new("GET", "/api/v1/events", "streamEvents", Scope.Read,
            "Server-sent events: ledger (its id resumes the stream), observation, and alive as a heartbeat",
            request => new EventStream(parts, request).RunAsync())
        {
            Parameters =
            [
                new("Last-Event-ID", "header", "integer", "ledger sequence after which to go on; browsers send it by themselves"),
                new("after", "query", "integer", "the same, for the first connection; default: only what comes from now on"),
            ],
            AnswerMedia = "text/event-stream",
        };
    }
}
