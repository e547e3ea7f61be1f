using Signalbox.Evidence.Verification;
using Signalbox.Evidence.Verification.Revocation;
using Signalbox.Outbound;

namespace Signalbox.Evidence;

/// <summary>
/// Asks authorities whether certificates were revoked, over http as they answer: what counts of an answer is signed. Only what
/// certificates under a trusted root name is asked, so an address in a private network is one that its authority chose.
/// </summary>
/// <param name="client">Speaks with an address; the caller of it disposes it.</param>
public sealed class RevocationClient(TimeProvider time, Func<Uri, OutboundClient>? client = null)
{
    /// <summary>Bytes; answers of responders have some kilobytes, lists of large authorities some megabytes.</summary>
    private const int LargestAnswer = 64 << 10, LargestList = 16 << 20;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5), s_altogether = TimeSpan.FromSeconds(20);

    /// <summary>Verifies, asks what was left open, and verifies again, until nothing is open.</summary>
    public async Task<VerificationResult> VerifyAsync(Func<RevocationAnswers, VerificationResult> verify, CancellationToken cancel)
    {
        var (answers, began) = (new RevocationAnswers(), time.GetTimestamp());
        for (; ; )
        {
            var result = verify(answers);
            if (answers.Open is not { Count: > 0 } open) return result;
            foreach (var question in open)
                if (time.GetElapsedTime(began) < s_altogether) await AskAsync(question, answers, cancel).ConfigureAwait(false);
                else answers.Take(question, null, $"{question.Address.Authority} was not asked, because those before it took {s_altogether.TotalSeconds:0} s");
        }
    }

    private async Task AskAsync(RevocationQuestion question, RevocationAnswers answers, CancellationToken cancel)
    {
        using var http = client?.Invoke(question.Address) ?? new(OutboundRules.Naming(question.Address) with { PlainHttp = true }, time);
        var request = question.Request is { } body
            ? new OutboundRequest(HttpMethod.Post, question.Address, LargestAnswer, s_patience) { Content = body, ContentType = "application/ocsp-request", Accept = ["application/ocsp-response"] }
            : OutboundRequest.Get(question.Address, LargestList, s_patience);
        try
        {
            var answer = await http.SendAsync(request, cancel).ConfigureAwait(false);
            if (answer.IsSuccess) answers.Take(question, answer.Body);
            else answers.Take(question, null, $"{question.Address.Authority} answered {answer.Status}");
        }
        catch (OutboundException e)
        {
            answers.Take(question, null, e.Message);
        }
    }
}
