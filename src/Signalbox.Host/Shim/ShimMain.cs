namespace Signalbox.Host.Shim;

/// <summary>The hidden verb <c>signalbox shim INSTANCE_DIR</c>.</summary>
public static class ShimMain
{
    /// <returns>0 when the workload ran and its end was recorded.</returns>
    public static int Run(string instanceDirectory) => throw new NotImplementedException();
}
