"""Importar/Exportar: upload, columns, check, run, result, undo; and files that leave."""
