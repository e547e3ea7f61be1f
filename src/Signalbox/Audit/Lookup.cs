using System.Collections.Concurrent;

namespace Signalbox.Audit;

/// <summary>Asks somebody elsewhere many things, several at once.</summary>
internal static class Lookup
{
    private const int AtOnce = 8;

    // a repository that names more is not asked about to the end: each costs a connection
    private const int Most = 500;

    /// <param name="ask">Null where there is no answer.</param>
    /// <exception cref="OperationCanceledException"></exception>
    public static IReadOnlyCollection<TAnswer> Ask<TQuestion, TAnswer>(IEnumerable<TQuestion> questions, Func<TQuestion, TAnswer?> ask, CancellationToken cancel) where TAnswer : class
    {
        var answers = new ConcurrentBag<TAnswer>();
        Parallel.ForEach(questions.Take(Most), new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancel }, question =>
        {
            if (ask(question) is { } answer) answers.Add(answer);
        });
        return answers;
    }
}
