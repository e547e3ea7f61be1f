namespace Signalbox.Bench.Load;

/// <summary>What became of a request.</summary>
internal enum Outcome : byte
{
    Answered,

    /// <summary>No connection could be made.</summary>
    ConnectFailed,

    /// <summary>The connection ended before the first byte of the answer, and it had carried an answer before.</summary>
    ClosedOnReuse,

    /// <summary>The connection ended before the first byte of the answer, and it was new.</summary>
    ClosedBeforeAnswer,

    /// <summary>The connection ended within the answer.</summary>
    Truncated,

    TimedOut,

    /// <summary>A status of 500 or above.</summary>
    ServerError,

    /// <summary>Another status than 200, a body that is not what was asked for, or no HTTP at all.</summary>
    WrongAnswer,
}

/// <summary>One request as its client saw it. Times are timestamps of <see cref="System.Diagnostics.Stopwatch"/>.</summary>
/// <param name="Sent">Just before its first byte was handed to the kernel.</param>
/// <param name="Version">The number in X-Version; 0 where there was none.</param>
internal readonly record struct RequestRecord(long Sent, long Done, int Version, Outcome Outcome);
