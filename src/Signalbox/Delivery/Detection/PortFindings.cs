namespace Signalbox.Delivery.Detection;

internal static class PortFindings
{
    /// <param name="expected">What the line should have in the number's place.</param>
    public static void Warn(Notes notes, Place at, string? line, int port, string expected) => notes.Warn(InitIds.PortFixed,
        $"the program listens on {port}, written into its source; expected the PORT of its environment, for two releases run beside each other", at, expected, line);
}
