namespace Signalbox.Evidence.Verification.Bundles;

/// <summary>Bytes from outside are not what they should be. Always caught where the file was given.</summary>
internal sealed class MalformedException(string message, Exception? inner = null) : Exception(message, inner);
