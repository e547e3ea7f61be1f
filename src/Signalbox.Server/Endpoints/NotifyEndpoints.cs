using System.Text;
using Signalbox.Api;
using Signalbox.Diagnostics;
using Signalbox.Notifications;
using Signalbox.Server.Access;
using Signalbox.Server.Http;
using Signalbox.Server.Notifying;

namespace Signalbox.Server.Endpoints;

internal static class NotifyEndpoints
{
    public static IEnumerable<ApiEndpoint> Of(ServerParts parts)
    {
        var json = ApiRequest.Json;
        yield return new("GET", "/api/v1/notifications", "getNotifications", Scope.Read, "Who is told of what, and how that goes", request =>
            request.AnswerAsync(new NotifyView(parts.Notify.State.Text, parts.Notify.Sinks), json.NotifyView))
        { Answer = json.NotifyView };

        // only an admin says where this machine sends something to
        yield return new("PUT", "/api/v1/notifications", "setNotifications", Scope.Admin, "Say who is told of what", request => SetAsync(parts, request))
        { RawBody = "application/yaml", Answer = json.NotifyView };

        yield return new("POST", "/api/v1/notifications/trial", "tryNotifications", Scope.Admin, "Send every sink one notification now", async request =>
            await request.AnswerAsync(await parts.Notify.TryAsync(request.Principal, request.Cancel).ConfigureAwait(false), json.IReadOnlyListNotifyTrial).ConfigureAwait(false))
        { Answer = json.IReadOnlyListNotifyTrial };
    }

    private static async Task SetAsync(ServerParts parts, ApiRequest request)
    {
        var text = await request.BytesAsync(NotifyReader.MostBytes).ConfigureAwait(false);
        var file = NotifyReader.Read(text, "notify.yaml");
        if (file.Settings is null)
            throw new ApiException(400, "notify-invalid", $"the settings have errors: {string.Join("; ", file.Findings.Where(finding => finding.Severity == Severity.Error).Take(20).Select(finding => $"line {finding.Locations[0].Line}: {finding.Message}"))}", "signalbox notify set -f notify.yaml   # names the places");
        var written = Encoding.UTF8.GetString(text);
        if (written != parts.Notify.State.Text) await parts.ControlPlane.RecordAsync([NotifyState.ToEntry(written, request.Principal)], request.Cancel).ConfigureAwait(false);
        await request.AnswerAsync(new NotifyView(written, [.. file.Settings.Sinks.Select(sink => new NotifySinkView(sink.Name, sink.Kind.ToString(), sink.Address?.ToString() ?? string.Join(", ", sink.To), 0, 0, 0, 0, null))]), ApiRequest.Json.NotifyView).ConfigureAwait(false);
    }
}
