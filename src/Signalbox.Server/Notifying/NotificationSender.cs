using System.Net.Mail;
using System.Text;
using Signalbox.Notifications;
using Signalbox.Server.Outbound;

namespace Signalbox.Server.Notifying;

/// <summary>How one attempt ended.</summary>
/// <param name="Problem">Null where it was taken; never has a secret.</param>
/// <param name="IsFinal">The receiver will not take this one, however often it is sent.</param>
internal sealed record SendOutcome(string? Problem, bool IsFinal)
{
    public static SendOutcome Sent { get; } = new(null, false);
}

/// <summary>Sends one notification once. Secrets are read anew each time, so that one that was replaced takes effect.</summary>
/// <param name="source">Names this installation in CloudEvents.</param>
internal sealed class NotificationSender(Poster http, TimeProvider time, string source, Func<string, string?> environment)
{
    private static readonly TimeSpan s_mail = TimeSpan.FromSeconds(20);

    /// <summary>Statuses that say "not this one": malformed, too large, unprocessable. Wrong credentials and addresses can be mended.</summary>
    private static readonly int[] s_final = [400, 413, 415, 422];

    public async Task<SendOutcome> SendAsync(NotifySink sink, Notification notification, NotifySettings settings, CancellationToken cancel)
    {
        if (sink.Kind == SinkKind.Email) return await MailAsync(sink, notification, settings, cancel).ConfigureAwait(false);
        if (Value(sink.Address!) is not { } address) return new($"{sink.Address} is empty or cannot be read", false);
        if (!Uri.TryCreate(address, UriKind.Absolute, out var uri)) return new($"what {sink.Address} holds is no address", false);
        var body = sink.Kind switch
        {
            SinkKind.Slack => NotificationBodies.Slack(notification, settings),
            SinkKind.CloudEvents => NotificationBodies.CloudEvent(notification, settings, source),
            _ => NotificationBodies.Webhook(notification, settings),
        };
        IReadOnlyList<(string, string)> signature = [];
        if (sink.Secret is { } reference)
        {
            if (Value(reference) is not { } secret || WebhookSignature.Key(secret) is not { } key) return new($"{reference} holds no secret of at least 16 bytes", false);
            signature = [.. WebhookSignature.Headers(notification.Id, time.GetUtcNow(), body, key)];
        }
        var answer = await http.PostAsync(uri, body, sink.Kind == SinkKind.CloudEvents ? "application/cloudevents+json" : "application/json", signature, cancel).ConfigureAwait(false);
        return answer.Problem is null ? SendOutcome.Sent : new(answer.Problem, s_final.Contains(answer.Status));
    }

    private async Task<SendOutcome> MailAsync(NotifySink sink, Notification notification, NotifySettings settings, CancellationToken cancel)
    {
        using var mail = new MailMessage { From = new(sink.From), Subject = Line($"[signalbox] {notification.Title}"), SubjectEncoding = Encoding.UTF8, Body = NotificationBodies.Mail(notification, settings), BodyEncoding = Encoding.UTF8 };
        foreach (var to in sink.To) mail.To.Add(to);
        // the same id for the same notification: mail systems show a repetition once
        mail.Headers.Add("Message-ID", $"<{notification.Id}@{sink.From[(sink.From.IndexOf('@') + 1)..]}>");
        mail.Headers.Add("Auto-Submitted", "auto-generated");
        using var relay = new SmtpClient(sink.RelayHost, sink.RelayPort) { DeliveryMethod = SmtpDeliveryMethod.Network, UseDefaultCredentials = false };
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        patience.CancelAfter(s_mail);
        try
        {
            await relay.SendMailAsync(mail, patience.Token).ConfigureAwait(false);
            return SendOutcome.Sent;
        }
        catch (SmtpException error)
        {
            return new($"the relay said {error.StatusCode}", error.StatusCode is SmtpStatusCode.MailboxUnavailable or SmtpStatusCode.MailboxNameNotAllowed or SmtpStatusCode.ExceededStorageAllocation);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return new($"the relay did not answer within {s_mail.TotalSeconds:0} s", false);
        }
    }

    private static string Line(string text) => string.Concat(text.Take(200).Select(c => char.IsControl(c) ? ' ' : c));

    private string? Value(Reference reference)
    {
        if (reference.Literal is { } literal) return literal;
        var text = reference.Variable is { } variable ? environment(variable) : ReadFile(reference.File!);
        return text?.Trim() is { Length: > 0 } value ? value : null;
    }

    private static string? ReadFile(string path)
    {
        try
        {
            using var file = new StreamReader(path);
            var buffer = new char[4096];
            return new(buffer, 0, file.ReadBlock(buffer));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
